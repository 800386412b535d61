"""Files of Word 97-2003: what a reader sees of them, and hostile ones."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import lzma
import struct

import pytest
from doc_files import compound, entry, summary, word
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit.errors import LoadError
from searchkit.loading import LoadOptions
from searchkit.loading.office import doc
from searchkit.loading.office.compound import CompoundFile

# Saved by LibreOffice, packed: headings, a table, a box, notes, a comment, a header, a link, hidden and deleted text.
SAVED = lzma.decompress(base64.b85decode(
    "T>t<81poj4|NsC0{{Uz+z8r=ycVP6Sgek(_9Cjyy@{xwzh{`9s382HfZ)+(_pN>!oVVHruP?_*};AaMF09b>{c)H@SGpS3n_8Sp*aOYmw%8fH<"
    "ZaC*O4hAV9Yf(C&Jcbk*Nv)uIuvKTdYcEbj>dl9LU7tuiFhJs%0?P2Q(mi}}J^(}&9|@p=aip>Nz38nhla;yq)`OP0xa%X;p${P3TIe<<9{^Mx"
    "BWe?0B4>bL^3Ni1Jnf?+`UB`S|Kfp<H(ohB<7}TiXj*%tu1O@8c^>BRf5W?UQR61Fx^MtolersVObNSp33>*eC;~D-Sf^MG&fWdzmeO`*O~{_h"
    "tJt87(i8<vVwAnKZ3J+KU0S|P1~dCmi~xh-UXrrYQl7HT>iNV*<;VXygHNaEDMW@w>_qRi?pi*5;bluxCX>a|q|VwOI^fQmjK(&c@#nab9y9(_"
    "u0HV^0#bKOWGzy?R7;8e2%_Nv_C<l@L%a99(%{s$TFBLEO=r^rIjy`s<zI*VR`A%=Xrz0qTkWb17XGXBk9N;){{Ke1Aykm$wvHf;RIUALZcNvs"
    "%kDDHSbq~F;EoF=|7QuTi@)eG@F0R(#215QFr9`O8jIYH6+wL$%-W1~BcWUF)dw<L8Zm1>TtBSBWfI)(z=8d@*-$8|11%QNTz^rOyh{<|kwH}#"
    "z(ci;O@>A(Fclq=Gk@3*7eTgp(P<VsO`_TM-4GH;UBH5?*cog2LhKG==fcmxQ4{n+*bXy$QX6+_SHb}uH>17l5WOp3-$pVgBE306$O2u_G79@5"
    "RvX&aU_M*;T*e=li)a_?*X?IcwL?V^wFF!$A=0;=<<ASSI$HO}Nz+E+t-vLp|J_*u<y#6-B>;0pWbg%EB3fh6<8z<L$GC(wrQgY8K2KybN3{cX"
    "3Epfya`NKpNhQo2-v3P}HPHXiu|)>9eeGF?jhB)9f6t4XGFJ;$Qd;@jCfc%1fe>~j_5Q~~3O1YX!mAD$%K&i@^s@Fh&1RFq<psZJ)gu550eHUS"
    "2@I2Tmfze?j#c~PRSc7awH#vwiJlYv@7D<v+pLNr0qvei^}PlSJO3*=ZF)}?{DSmn+uuFFAG{H`p&F{|&e6@Tc#gt4su>_mAZU=ob8^h&`{#a5"
    "f#78qb87=%l+!X}5kDK;(67N=c_o#2b-Of08$asM+0uIvy#ld^ot*Ks{}lw1Lsa(kt4$*H6GZEgcX@iJ;o-8sDjO&g{(Fk1D!_hTnRWGT1o1os"
    "esboG7jEYV_j@9|6Hi7Z1PXT<#VyVCJAyj)px4+u`c+jh2famrRt8ZI;x40*L_GJynnm8-(iTKXO3uYo5cRibm2?TuPeoe<Zr6LOVEB6m7M8NX"
    "N1zt1B^E-K4FKxE_b>=d=(oS^k=uI|@Qy4zV!t1SHAv#|8mn#1p}9`)>r#gX=ETWvMEEwTCSO(dXl~u+{2&ah|6oU_o6ovu61t`FU?70kI4)iz"
    "o2bM^F8N)(DMHwH7k}s5?d%EAuV*J0>Zm6b!kdXDcM_`3TRDKo`J6ekA)M!?=|i;&Hur#x6h%a~r=$bEh+4@y$qW%?7kRq3A|^}oYDw2clCD4F"
    "KvFZa0cJF`&aTv1e4U+}J@oCxWT9Q1{a#cmkz8Gfw?{u}_sq?2K2(_M;g`Zin19ksLFk>@+qRmhIEE<jMw+&z4D<TBYJ&TsK<F5W&qrm%r{A{b"
    "Fb)t4pq7&g;ci~45#T89hp2-_YJ0g)`O_#(y~bm@+ig_%%~i3yaAP2kn9QUpLKbJ>asI|%E9lz7$aIVMp5EUw5RX*xt0T6JCp}<wHih$l_HVC7"
    "R<!uAbH>#?)sM7AvSG)j*(9=H%p~QNwsMofWlde%vI*EV!x7>o2EX#gsF_3@G!puVcQ#F7RUba1Jc~%QC7>Q<`z|S@91%hXxXKoZJSW4Y28N0~"
    "x-7`*7wlJ!DxTfl6QuR71il#EY7DmqR9&`vFZ`|Mv0dZ4IDJv9liTSYZ=eC?>%e4MNHCPcBGGLaGyK-D_YpTODcc6l`ww|B716rHUr(zQF#U)o"
    "mic}Oy`@A0a6trQmd;Ag_Sl?ak?h#=#bLyf=C#4{r7Gw}wF*Zb`Hf#T%M6&g*93=!Ub+|lW4SUV7?CJ}pnOhNU@C?Bk~V_)CKsC!=&x;GM%?2S"
    "$H^T6ba2DkDI|UM9p{s!dS5rElb*{o)v<uI$Dx!HpKF(m-=fVy^-smQILyuaWJYhVK`d%ZF9rIV5P_&}A0ypm7(ca6iNK&$KnP3U^DSz2>8*@k"
    "wAS-hYU|vAn~E7!k!vlimoAD*f;F#FFhiE#0{xzOc@jquqMy4ZX3l?b3yR|~M1%agQhBo?8;%Q07)OcUmfPQ%{+Np<tnRQPf8(cd4&pq}Tl)j_"
    "zfSJ8g^-x?4}H?VNGr2K4o=QlT!cDey~7WhDP&doYEK%eWT03ZSng@c41z{>Z2NCzcy%7m+%Q~DDqk%nT42i+;--%jxz7AWa9;4=0wWP<lq?2k"
    "1`i8nURgtR*p5g_8iE1LVZ$7_(chh&wa%m7V|r3i%9rdu7SzCzaRBonV$@zGmDCzKfB{e&_pl-VCpqHEL#zjId92#~6bf355hmtvp~%XQX}h?j"
    "39GZLkON8^pBGPXpsXYAfpTdk7R&b-RPAEL_E&8(_OkDB;vrZfRR82>(t*RvMC-L_JP4MmIMe3VN)UFa!%hCw@$UK^&um{r(}j^=R94slj6I)5"
    "f9SxOiRGp~aI3$wIN=p2xM{DD6hu=kn;h)QbX<fJLpfSRioBOjeJpkTS)W{@+3mOld|T}5-P*7n9Gd&^3S}6sqfEtyJbL}A`#ICgDK^p$hR;wF"
    "4%;<nGXbG*J`@7?UqGYmho7>DC18Vd6i0~QVE_S{VaRkW+ew7iA+*#RNbtQ*3QkaR*9DbE52wD>@>IHnmJ8XTL;~GTl5=+fTHxS4NM5%QbXCtT"
    "^*vV<_u(WZF}ijMnB$~RuL5oa#Q%SfRO<$Au6kgON%^+r7nMOgCtGZf$7Sj)yo%>@drvNjdjI?ov_X=9^3T3u320T+ON8D7N4GP;T@Jdt%F&tV"
    "FWl1P=KRjRz!!-;<bU%~aXKoZqnqYh4};i1{L9;J6Zr_4j>_-eBAh1iv*J{Q%C?rRUV)Yqj59M{V2qZ3ZF`87>uTNPJ#cUJSgoR!BVa^IIxXbb"
    "*7kPztlP4*7|Q|FZYw<v;f~1+v{aI`^X*?EqfF<^A8`u2Wo+mvqEaLB-KJBhYlsZ0L`MWRBGg#w%)aS$a%nU`!jt+%U=e`V8;)gSRdQp4AF7K*"
    "rBb)lry&l7L;)9I4kSD|367EyiFd4R=n*1b3Y0h5pWkOlTF;YCIXvjeK7N#@6%F)C_+YqFRY(`EZP4N@@Z2vr=7>b$R8JpVGWk)hLW?X@>%f>a"
    "BsQQqn-|#Onn^y|_Bs`b1)_p!XEOHTomVOT=VhX(9yz+oV6H~7h?z=?$i~RIj&J}&cuGNtTGkyH=qwszEZo8Mj#A8vaiza18udxrp)NV)0^;&3"
    "gyAb6HmeUQClDILDuw-J*5536aY7yu<r9SHKtp}i@Dz|1Kbic7p32b2>;TT(WGX?YIc=g>;Th(5$9?@i0j#+BGH|T!_RhI|`Gk^f(;GEo=tMiC"
    "lO6vX|C~vcLj"
))  # fmt: skip
VANISH, DELETED, ENDS_ROW, IN_TABLE = 0x083C, 0x0800, b"\x17\x24\1", b"\x16\x24\1"


def body_of(data, name="a.doc", options=None):
    return doc.document(CompoundFile(data, name, options or LoadOptions()), name).body


@pytest.mark.parametrize("name", ["a.doc", "a", "a.txt", "a.xls"])
def test_a_file_that_was_saved(load_file, name):
    document = load_file(name, SAVED).only
    assert document.body.split("\n") == [
        "تیتر نخست", "پیش پس آشکار ادامه.", "خط یک", "خط دو سه پیوند تاریخ 1", "پایان English text", "یک دو", "سه چهار",
        "مورد یک", "مورد دو", "آخر", "در جعبه", "پانویس زعفران", "پی\u200cنوشت",
    ]  # fmt: skip
    assert (document.title, document.date) == ("تیتر نخست", dt.datetime(2024, 5, 4, 10, 30, tzinfo=dt.UTC))
    assert document.fields == {
        "author": "مریم رستمی", "description": "شرح کوتاه", "tags": ["باران", "برف"], "source": name,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("یک\rدو\vسه\r\fچهار", "یک\nدو\nسه\nچهار"),
        ('\x13 HYPERLINK "http://a" \x14b\x15c \x13 PAGE \x15d', "bc d"),
        ("\x13 A \x13 B \x14 C \x15 D \x14e \x13 F \x14g\x15 h\x15 i", "e g h i"),
        ("\x13 never ends\ra", ""),
        ("a\x15b\x14c", "abc"),
        ("a\x01\x08b\x1ec\x1fd\xa0e\tf\x02\x05", "ab-c\u00add e f"),
        ("یک\aدو\a\aسه", "یک دو سه"),
        ("\U0001f600 \ud800".encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"), "\U0001f600 \ufffd"),
    ],
)
def test_signs_of_a_text(load_file, text, body):
    loaded = load_file("a.doc", word(text))
    assert [each.body for each in loaded.documents] == ([body] if body else [])
    assert loaded.reasons == ([] if body else ["no text in it"])


def test_notes_and_boxes_come_last_and_headers_and_comments_not_at_all(load_file):
    text = "متن\rپانویس\rسرصفحه\rماکرو\rنظر\rپی نوشت\rجعبه\rجعبهٔ سرصفحه\r"
    sizes = [len(part) + 1 for part in text.split("\r")[1:-1]]
    assert load_file("a.doc", word(text, parts=sizes)).only.body == "متن\nجعبه\nپانویس\nپی نوشت"


def test_pieces_stand_in_the_order_of_the_table_in_either_width(load_file):
    pieces = [
        ("کتاب\u200cها", False),
        (" caf\xe9 \u2013 ", True),
        ("\x13 X ", True),
        ("Y\x14در", False),
        ("\x15", True),
    ]
    text = "".join(piece for piece, _ in pieces)
    assert load_file("a.doc", word(text, pieces=pieces)).only.body == "کتاب\u200cها caf\xe9 \u2013 در"
    assert load_file("a.doc", word(text, pieces=pieces, flags=0)).only.body, "with the other table"


def test_what_is_hidden_or_deleted_is_not_shown(load_file):
    text = "یک دو سه چهار پنج"
    runs = [(0, 3, 0), (3, 6, VANISH), (6, 9, DELETED), (9, 14, 0x0835), (14, 17, 0)]
    assert load_file("a.doc", word(text, hidden=runs)).only.body == "یک چهار پنج"
    assert load_file("a.doc", word(text, hidden=[(0, 17, VANISH)])).reasons == ["no text in it"]


def test_rows_of_a_table_are_lines_and_the_first_heading_is_the_title(load_file):
    text = "سر\rخانه\rیک\a\a\aدو\a\a\rپایان\r"
    runs = [
        (0, 3, 1, b""), (3, 10, 0, IN_TABLE), (10, 12, 0, IN_TABLE), (12, 13, 0, IN_TABLE + ENDS_ROW),
        (13, 16, 0, IN_TABLE), (16, 17, 0, IN_TABLE + ENDS_ROW), (17, 24, 0, b""),
    ]  # fmt: skip
    document = load_file("a.doc", word(text, paragraphs=runs)).only
    assert (document.title, document.body) == ("سر", "سر\nخانه یک\nدو\nپایان")


@pytest.mark.parametrize("page", [65001, 1256])
def test_what_a_file_says_of_itself(load_file, page):
    said = summary(page, title="عنوان", author="مروا", created=133592922000000000)
    document = load_file("a.doc", word("متن", streams={"\x05SummaryInformation": said})).only
    assert (document.title, document.fields["author"]) == ("عنوان", "مروا")
    assert document.date == dt.datetime(2024, 5, 4, 10, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "said",
    [
        b"", b"\xff" * 9_000, summary(title="x")[:50], summary(title="x")[:-8], summary(created=2**64 - 1),
        summary(title="x").replace(struct.pack("<I", 30), struct.pack("<I", 0x1000)),
        summary(title="x").replace(struct.pack("<II", 30, 2), struct.pack("<II", 30, 2**32 - 1)),
    ],
)  # fmt: skip
def test_what_a_file_says_of_itself_may_be_damaged(load_file, said):
    document = load_file("a.doc", word("متن", streams={"\x05SummaryInformation": said})).only
    assert (document.body, document.date) == ("متن", None)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (word("a", flags=0x0300), "encrypted"),
        (compound({"EncryptedPackage": b"a", "EncryptionInfo": b"b"}), "encrypted"),
        (word("a", identity=0xA5DC, version=0x65), "a file of Word 95 or before, which is not read; save it as .docx"),
        (compound({"Workbook": b"a"}), "a file of Office 97-2003 or the like, which is not read; save it as .xlsx"),
        (compound({"PowerPoint Document": b"a"}), "which is not read; save it as .pptx"),
        (compound({"a": b""}), "a file of Office 97-2003 or the like, which is not read"),
        (compound({"WordDocument": b""}), "no file of Word"),
        (compound({"WordDocument": struct.pack("<HH", 0xA5EC, 0xC1)}), "damaged (unpack_from requires"),
        (word("a" * 9, pieces=[("a", False)], text_size=2**32 - 1), None),
        (word("a", size=2**32 - 1), None),
        (word("a", size=3), "no text in it"),
        (compound({"WordDocument": b"a" * 5_000}, sizes={"WordDocument": 2**31}), "a stream larger than the file"),
        (compound({"WordDocument": b"a" * 5_000}, sizes={"WordDocument": 6_000}), "a stream that is cut"),
        (compound({"WordDocument": b"a" * 9_000}, fat={3: 2}), "Word 95"),
        (compound({"WordDocument": b"a" * 9_000}, fat={3: 2**31}), "a stream that is cut"),
        (compound({"a": b"b"}, more=[entry("WordDocument", 2, 0, 1)]), "which is not read"),
        (word("a")[:700], "not a whole file of Office 97-2003"),
        (word("a")[:512].ljust(9_000, b"\xff"), "not a whole file of Office 97-2003 (no directory)"),
        (bytes.fromhex("d0cf11e0a1b11ae1").ljust(512, b"\0"), "not a whole file of Office 97-2003"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value,
)
def test_files_that_are_none_or_lie(load_file, data, reason):
    loaded = load_file("a.doc", data)
    assert len(loaded.documents) == (reason is None)
    assert reason is None or any(reason in each for each in loaded.reasons), loaded.reasons


def test_a_text_by_the_name_of_a_file_of_word(load_file):
    assert load_file("a.doc", "متن").reasons == ["not a whole file of Office 97-2003 (no header)"]
    assert load_file("a.doc", "<html><body>متن</body></html>").only.body == "متن"


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, len(SAVED) - 1), st.integers(0, 255)), min_size=1, max_size=30))
def test_any_damage_gives_a_text_or_a_reason(changes):
    data = bytearray(SAVED)
    for place, value in changes:
        data[place] = value
    with contextlib.suppress(LoadError):
        assert len(body_of(bytes(data))) < len(SAVED)
