"""Web pages: what a reader sees of them, and no more."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.loading import LoadOptions
from searchkit.loading.web.html import MOST_ELEMENTS, read

ZWNJ = "\u200c"


def page(html):
    import io  # noqa: PLC0415

    return next(read(io.BytesIO(html.encode()), "a.html", LoadOptions()))


@pytest.mark.parametrize(
    ("html", "body"),
    [
        (f"<p>کتاب<b>{ZWNJ}ها</b> را</p>", f"کتاب{ZWNJ}ها را"),
        ("<p>کتا<b>ب</b>خانه</p>", "کتابخانه"),
        ("<p>a</p><p>b</p>", "a\nb"),
        ("<div>a<div>b</div>c</div>", "a\nb\nc"),
        ("<p>a<br>b</p>", "a\nb"),
        ("<p>a\n  b\t c</p>", "a b c"),
        ("<p>a <b> b</b></p>", "a b"),
        ("<ul><li>یک<li>دو</ul>", "یک\nدو"),
        ("<table><tr><td>a<td>b<tr><td>c<td>d</table>", "a b\nc d"),
        ("<p>در <a href=/a>تهران</a><a href=/b>اصفهان</a> و", "در تهران اصفهان و"),
        ("<p><span class=tag>تهران</span><span class=tag>اصفهان</span>", "تهران اصفهان"),
        ("<p><span class='btn btn-a'>ذخیره</span><span class='btn btn-b'>لغو</span>", "ذخیره لغو"),
        ("<p><label>نام</label><label>سن</label>", "نام سن"),
        ("<p><a href=/a>مریم</a><time>دیروز</time><span class=post-date>۱۵ مهر</span>", "مریم دیروز ۱۵ مهر"),
        ("<p><span class=x>ک</span><span class=x>ت</span><span class=x>ا</span><span class=y>ب</span>", "کتاب"),
        ("<p><span style='color:red'>کتاب</span><span>خانه</span>", "کتابخانه"),
        ("<p><a href=/a>کتاب</a>ها <b>م</b>هم", "کتابها مهم"),
        ("<pre><span class=n>ab</span><span class=n>cd</span></pre>", "abcd"),
        ("<p><code><span class=n>ab</span><span class=n>cd</span></code>", "abcd"),
        ("<h2>نصب<a class=headerlink href=#install title='پیوند'>¶</a></h2><p>a", "نصب\na"),
        ("<h2><a href=#b>#</a> نصب</h2><p>a<a href=#x>۱</a> <a href=#c>c</a>", "نصب\na۱ c"),
        ("<pre>a  b\n  c</pre>", "a b\nc"),
        ("<p>a<!-- b -->c</p>", "ac"),
        ("<p>&amp;lt; &#1705; &zwnj;x</p>", f"&lt; ک {ZWNJ}x"),
        ("<p>a</p><script>b</script><style>c</style><noscript>d</noscript><template>e</template>", "a"),
        ("<nav>b</nav><aside>c</aside><p>a</p><footer>d</footer><header>e</header>", "a"),
        ("<p>a</p><p hidden>b</p><p aria-hidden=true>c</p><p style='color:red; display : none'>d</p>", "a"),
        ("<div role=navigation>b</div><p>a text</p>", "a text"),
        ("<p>a longer text</p><form><input><label>b</label><button>c</button></form>", "a longer text"),
        ("<form id=aspnetForm><p>the whole page is a form</p></form>", "the whole page is a form"),
        ("<body style='visibility:hidden'><p>a</p>", "a"),
        ("<p>x</p><main><p>a</p></main>", "a"),
        ("<p>x</p><div role=main>a</div>", "a"),
        ("<p>x</p><article>a <section itemprop=articleBody>b</section></article>", "b"),
        ("<article>one</article><article>two</article><article>six</article>", "one\ntwo\nsix"),
        ("<article><header><h1>h</h1></header><p>a</p></article>", "h\na"),
        ("plain words", "plain words"),
        ("http://example.org/", "http://example.org/"),
        ('<?xml version="1.0" encoding="utf-8"?><html><body><p>a</p></body></html>', "a"),
        ("<meta charset=windows-1256><p>سلام بر شما", "سلام بر شما"),
    ],
)
def test_the_text(html, body):
    assert page(html).body == body


def test_menus_without_a_name_are_left_out():
    text = "<p>" + "باران تا شب بارید و رودخانه بالا آمد. " * 5 + "</p>"
    menu = "<ul>" + "<li><a href=/x>بخش اخبار</a></li>" * 5 + "</ul>"
    related = "<div>ببینید: " + "<a href=/y>گزارش دیگر روز</a> " * 3 + "</div>"
    body = page(f"<div>{menu}</div><div class=c>{text}{related}</div><div>حقوق محفوظ است</div>").body
    assert body.startswith("باران")
    assert not any(words in body for words in ("اخبار", "گزارش", "محفوظ"))


def test_a_page_of_links_is_kept():
    assert page("<ul>" + "<li><a href=/x>فصل</a></li>" * 9 + "</ul>").body == "\n".join(["فصل"] * 9)


def test_links_within_a_text_are_kept():
    assert page("<p>a <a href=/>b</a> c long enough <a href=/>d</a> to be text <a href=/>e</a></p>").body.count(" ") > 8


TEXT = "باران تا شب بارید و رودخانه بالا آمد. " * 6


@pytest.mark.parametrize(
    "around",
    [
        "<div class=comments>{}</div>",
        "<div id=comments class='comments-area'><article class=comment>{}</article></div>",
        "<section id=comments class='post-comments'>{}</section>",
        "<ol class=commentlist><li class=comment>{}</ol>",
        "<div class='sharedaddy sd-sharing-enabled'>{}</div>",
        "<ul class='share-buttons'><li>{}</ul>",
        "<div class=article__share--bottom>{}</div>",
        "<div class='jp-relatedposts related-posts'>{}</div>",
        "<section class=RelatedArticles>{}</section>",
        "<div id=sidebar>{}</div>",
        "<div class='wpb_column left-sidebar'>{}</div>",
        "<div class=site-footer>{}</div>",
        "<div class='elementor elementor-location-header'>{}</div>",
        "<div class='post-navigation'>{}</div>",
        "<ul class=breadcrumb><li>{}</ul>",
        "<div class=newsletter-form>{}</div>",
        "<div class='d-print-none'>{}</div>",
        "<div class=tablighat>{}</div>",
        "<div class='ads-container'>{}</div>",
    ],
)
def test_what_is_named_as_standing_around_the_text_is_left_out(around):
    html = f"<div class=page><h1>سیل</h1><p>{TEXT}</p>{around.format('سخنی دیگر از این و آن')}</div>"
    assert page(html).body == f"سیل\n{TEXT.strip()}"


@pytest.mark.parametrize(
    "html",
    [
        "<div class='content-with-sidebar'><p>{}</p></div>",
        "<div class='has-sidebar'><p>{}</p></div>",
        "<div class='no-comments'><p>{}</p></div>",
        "<div class='grid show-pagination-border-yes'><p>{}</p></div>",
        "<div class='section td-below-navbar'><p>{}</p></div>",
        "<div class='post category-social tag-comments'><p>{}</p></div>",
        "<section id=comments><h2>شرح</h2><p>{}</p></section>",
        "<div class=section id=sharing-files><p>{}</p></div>",
        "<div class='section level2' id=cookies><p>{}</p></div>",
        "<div class=download><p>{}</p></div>",
        "<pre><span class=comment>{}</span></pre>",
        "<p><span class=social>{}</span></p>",
        "<table><tr><td class=comments>{}</td></tr></table>",
        "<blockquote>سخن<footer>{}</footer></blockquote>",
        "<div role=tabpanel hidden>{}</div>",
        "<div role=region aria-labelledby=a style='display:none'>{}</div>",
        "<div hidden=until-found>{}</div>",
        "<h3><button aria-expanded=false>{}</button></h3>",
        "<div class=pane>یک</div><div class=pane style='display: none'>{}</div>",
        "<div class=card><div class=identity-card__footer>{}</div></div>",
    ],
)
def test_what_only_sounds_so_is_kept(html):
    body = page(f"<div><h1>سیل</h1><p>{TEXT}</p>" + html.format("سخنی که به متن تعلق دارد") + "</div>").body
    assert "سخنی که به متن تعلق دارد" in body


@pytest.mark.parametrize(
    "hidden",
    [
        "<div class=pane hidden>{0}</div><div class=pane style='display:none'>{0}</div>",
        "<p class=a>یک</p><p class=a hidden>{}</p>",
        "<div class=a>یک</div><div class=a aria-hidden=true>{}</div>",
        "<div role=region hidden>{}</div>",
        "<span class=sr-only>{}</span>",
        "<button>{0} که بلند است</button><button aria-expanded=false>{0}</button>",
        "<span class=mw-editsection>[<a href=/x>{}</a>]</span>",
    ],
)
def test_what_is_hidden_and_never_shown_is_left_out(hidden):
    assert "دیدنی" not in page(f"<h1>سیل</h1><p>{TEXT}</p>{hidden.format('نه دیدنی')}").body


def test_what_holds_the_heading_is_the_text_whatever_its_name():
    html = f"<div class=popup><h1>سیل</h1><p>{TEXT}</p></div><div class=more><p>{TEXT[:250]}</p></div>"
    assert page(html).body.count("باران") > 6


def test_a_discussion_is_left_out_of_a_text_and_kept_as_a_page():
    talk = "<div class=comments>" + f"<div class=comment><p>{TEXT}</p></div>" * 6 + "</div>"
    assert page(f"<h1>سیل</h1><p>متن خود نوشته. {TEXT}</p>{talk}").body.count("باران") == 6
    assert page(f"<h1>گفتگو</h1>{talk}").body.count("باران") == 36


def test_a_missing_end_tag_does_not_take_the_page_into_a_menu():
    menu = "<ul>" + "<li><a href=/x>بخش اخبار</a></li>" * 9 + "</ul>"
    html = f"<main><aside><div><nav>{menu}</div></aside><div><h1>سیل</h1><p>{TEXT}</p></div></main>"
    assert page(html).body == f"سیل\n{TEXT.strip()}"


def test_a_teaser_is_not_the_main_text():
    teaser = "<article><a href=/x>خبری دیگر</a></article>"
    assert page(f"<div><h1>سیل</h1><p>{TEXT}</p></div>{teaser}").body.startswith("سیل\nباران")


def test_a_block_that_is_named_as_the_content_stands_for_the_page():
    column = "<div class=obar>" + "<p>سخنی از کنار</p>" * 6 + "</div>"
    for names in ("class=entry-content", "id=main-content", "class='post_body x'", "id=content"):
        assert page(f"{column}<div><div {names}><p>{TEXT}</p></div></div>").body == TEXT.strip()


def test_a_list_of_sources_in_a_text_is_kept():
    sources = "<ul>" + "".join(f"<li><a href=/{name}>منبع {name}</a>" for name in "یدس") + "</ul>"
    body = page(f"<article><p>{TEXT}</p><p>{TEXT}</p><p>منابع:</p>{sources}</article>").body
    assert body.endswith("منابع:\nمنبع ی\nمنبع د\nمنبع س")


def test_an_index_that_says_that_it_is_the_main_text_is_kept():
    part = "<h2>بخش</h2><ul>" + "<li><a href=/x>درس نصب برنامه</a>" * 4 + "</ul>"
    assert page(f"<main><h1>راهنما</h1><p>درسها اینجاست.</p>{part * 5}</main>").body.count("درس نصب") == 20


def test_an_archive_is_kept():
    entry = "<div class=item><p><a href=/{0}>نوشته {0}</a></p><div><a>ا</a> <a>ب</a> <a>پ</a></div></div>"
    body = page("<div>" + "".join(entry.format(number) for number in range(30)) + "</div><p>۱۴۰۳</p>").body
    assert "نوشته 0\n" in body
    assert "نوشته 29\n" in body


@pytest.mark.parametrize(("data", "body"), [(b"<p>\xd8\xa7\x00\xd8\xa8 c</p>", "اب c"), (b"<p>a\0\0\0b</p>", "ab")])
def test_a_few_bytes_of_zero_are_passed_over(load_file, data, body):
    assert load_file("a.html", data).documents[0].body == body


def test_many_bytes_of_zero_are_no_text(load_file):
    assert load_file("a.html", b"<p>" + b"a\0b\xff\0" * 99).reasons == ["binary, not text"]


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>خبر | سایت</title><meta property=og:title content='خبر'><h1>ه</h1><p>a", "خبر"),
        ("<title>خبر | سایت</title><main><h1>خبر <b>مهم</b></h1>a</main>", "خبر مهم"),
        ("<title>خبر | سایت</title><h1>نام سایت</h1><main>a</main>", "خبر | سایت"),
        ("<title>\n a \n b </title><p>x", "a b"),
        ("<header><h1>a<br>b</h1></header><p>some words", "a b"),
        ("<p>a", ""),
        ("<title>وبگاه ما</title><meta property=og:title content='وبگاه ما'><main><h1>خبر</h1>a</main>", "خبر"),
        ("<title>خبر | وبگاه</title><meta property=og:title content='وبگاه'><main><h1>خبر</h1>a</main>", "خبر"),
        (
            "<title>x</title><meta property=og:title content='وبگاه'><meta property=og:site_name content='وبگاه'><p>a",
            "x",
        ),
        ("<title>خبر - سایت</title><meta property=og:title content='خبر'><main><h1>سایت</h1>a</main>", "خبر"),
        (
            "<title>سایت</title><meta property=og:title content='خبر مهم | سایت'><main><h1>خبر مهم</h1>a</main>",
            "خبر مهم",
        ),
        ("<meta property=og:title content='خبری که…'><main><h1>خبری که ماند</h1>a</main>", "خبری که ماند"),
        ("<main><h1>نصب<a class=headerlink href=#a>¶</a></h1>a</main>", "نصب"),
        ("<main><h1>نصب <a href=#a>#</a></h1>a</main>", "نصب"),
        ("<title>سیل - روزنامه</title><meta property=og:title content='روزنامه'><p>a", "سیل - روزنامه"),
        ("<title>سیل - روزنامه</title><main><h1>آگهی</h1><h1>سیل</h1>a</main>", "سیل"),
        ("<title>روزنامه</title><main><h1>یک</h1><h1>دو</h1>a</main>", "روزنامه"),
        ("<main><h1>نصب<a href='b.html#a'>¶</a></h1>a</main>", "نصب"),
        ("<main><h1>نصب<a class=headerlink href=#a>Link here</a></h1>a</main>", "نصب"),
        ("<main><h1> <a class=header-anchor href=#a><span>نصب</span></a></h1>a</main>", "نصب"),
        ("<main><h1>نصب<a class=hash-link href=#a>\u200b</a></h1>a</main>", "نصب"),
        ("---\nlayout: post\ntitle: >\n  یک\n  دو\n---\n<title>{{ page.title }}</title><h1>b</h1><p>a", "یک دو"),
        (
            (
                "<title>سایت</title><script type=application/ld+json>"
                '{"@type": "NewsArticle", "headline": "خبر &amp; شرح"}</script><p>a'
            ),
            "خبر & شرح",
        ),
    ],
)
def test_the_title(html, title):
    assert page(html).title == title


@pytest.mark.parametrize(
    ("html", "url"),
    [
        ("<link rel=canonical href=https://example.org/a>", "https://example.org/a"),
        ("<link rel=canonical href=/a><base href=https://example.org/b/>", "https://example.org/a"),
        ("<link rel=canonical href=/a>", None),
        ("<link rel=canonical href=javascript:alert(1)>", None),
        ("<link rel=canonical href=http://[>", None),
        ("<meta property=og:url content=http://example.org/>", "http://example.org/"),
        ("<link rel=stylesheet href=https://example.org/a.css>", None),
        ("<link rel=canonical>", None),
    ],
)
def test_the_address(html, url):
    assert page(html + "<p>a").url == url


@pytest.mark.parametrize(
    "html",
    [
        "<meta property=article:published_time content=2024-05-04>",
        "<meta name=DC.date content=1403/02/15>",
        "<p>x <time datetime=2024-05-04>دیروز</time>",
        "<time datetime=2020-01-01></time><time itemprop=datePublished datetime=2024-05-04></time>",
        "<header><time datetime=2024-05-04></time></header>",
        "<meta property=article:published_time content='شنبه ۱۵ اردیبهشت ۱۴۰۳'>",
        "<meta name=date content='May 4, 2024'>",
        "<meta name=date content=soon><meta name=dcterms.created content=2024-05-04>",
        "<script type=application/ld+json>{'@type': 'Article'}</script><meta name=date content=2024-05-04>",
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2024-05-04"}</script>',
        '<script type="application/ld+json">[{"@type": ["x", "BlogPosting"], "datePublished": "1403-02-15"}]</script>',
        (
            '<script type="application/ld+json">{"@graph": [{"@type": "WebSite", "datePublished": "2001-01-01"}, '
            '{"@type": "WebPage", "datePublished": "2024-05-04"}]}</script>'
        ),
        "---\ndate: ۱۵ اردیبهشت ۱۴۰۳\n---\n<meta name=date content=2001-01-01>",
    ],
)
def test_the_date(html):
    assert page(html + "<p>a").date == dt.date(2024, 5, 4)


def test_what_else_is_known():
    fields = page("<meta name=description content='دربارهٔ  باغ'><meta name=date content=soon><p>a").fields
    assert fields == {"source": "a.html", "description": "دربارهٔ باغ", "date": "soon"}


SAID = {"author": "مریم", "language": "fa", "description": "دربارهٔ باغ", "tags": ["باغ", "انار"], "source": "a.html"}


@pytest.mark.parametrize(
    "head",
    [
        (
            "<html lang=fa><meta name=author content=مریم><meta name=description content='دربارهٔ باغ'>"
            "<meta name=keywords content='باغ، انار'>"
        ),
        (
            "<meta property=og:locale content=fa><meta property=article:author content=http://a/b>"
            "<meta property=article:author content=مریم><meta property=og:description content='دربارهٔ باغ'>"
            "<meta property=article:tag content=باغ><meta property=article:tag content=انار>"
        ),
        (
            '<script type=application/ld+json>{"@type": "BlogPosting", "author": {"name": "مریم"}, "inLanguage": "fa", '
            '"description": "دربارهٔ باغ", "keywords": ["باغ", "انار"]}</script>'
        ),
        (
            '<script type=application/ld+json>{"@graph": [{"@type": "Article", "author": {"@id": "#p"}, '
            '"keywords": "باغ,انار"}, {"@type": "WebPage", "inLanguage": "fa", "description": "دربارهٔ باغ"}, '
            '{"@type": "Person", "@id": "#p", "name": "مریم"}]}</script>'
        ),
        "---\nauthor: مریم\nlang: fa\ndescription: دربارهٔ باغ\ntags: [باغ, انار]\n---\n<html lang=en>",
    ],
)
def test_what_a_page_says(head):
    document = page(head + "<p>a")
    assert document.fields == SAID
    assert document.body == "a"


def test_a_list_of_articles_has_not_the_author_of_one():
    script = "<script type=application/ld+json>{'@type': 'Article', 'headline': '%s', 'author': '%s'}</script>"
    assert "author" not in page((script % (1, 2) + script % (3, 4)).replace("'", '"') + "<p>a").fields


@pytest.mark.parametrize(
    "inner", ["[" * 100_000, "{" * 100_000, '{"@graph": ' * 50_000, "[" + "{}," * 100_000 + "{}]", "1" * 9_000]
)
def test_hostile_linked_data(inner):
    assert page(f"<script type=application/ld+json>{inner}</script><p>a").body == "a"


WORDS = st.text("ابپتکگ" + ZWNJ, min_size=1, max_size=6).filter(lambda word: word.strip(ZWNJ))


@given(st.lists(st.lists(st.tuples(st.sampled_from(["b", "i", "span", "em"]), WORDS), min_size=1), min_size=1))
def test_blocks_end_lines_and_inline_tags_add_nothing(blocks):
    html = "".join("<p>" + "".join(f"<{tag}>{word}</{tag}>" for tag, word in block) + "</p>" for block in blocks)
    assert page(html).body == "\n".join("".join(word for _, word in block) for block in blocks)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000 + "متن",
        "<b><a>" * 10_000 + "متن",
        "<table><tr><td>" * 3_000 + "متن",
        "<form>" * 5_000 + "متن",
        "<header><section>" * 5_000 + "متن",
        "<!--" * 100_000 + "--> متن",
        "<p " + "a=b " * 50_000 + ">متن",
        "<p>متن" + "&" * 500_000,
        "<p>متن" + "&amp;" * 100_000,
        "<p>متن" + " " * 1_000_000 + "x",
        "<meta " * 1000 + "<p>متن",
        "<!DOCTYPE a [<!ENTITY b 'ccc'><!ENTITY d '&b;&b;'>]><p>متن &d;",
        "<h1>a</h1>" + "".join(f'<div class="{number} a-a-a-a-a-a-a a a a a">' for number in range(30_000)) + "متن",
        "<p>a<p>b<p>c" + "<ul><li><a>x</a><a>y</a><a>z</a></ul>" * 30_000 + "متن" * 500_000,
        ("<div>" * 500 + "<h1>a</h1>" + "</div>" * 500) * 150 + "متن",
        "<div class=comments>" * 20_000 + "متن",
        "<aside>" * 20_000 + "متن",
        "<button aria-expanded=0>" * 20_000 + "متن" * 20,
        "<p>متن" + "<div class=a hidden>x</div>" * 90_000,
        "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><p>متن &b;",
    ],
    ids=lambda html: html[:20],
)
def test_hostile_pages(load_file, html):
    loaded = load_file("a.html", html)
    assert len(loaded.documents) + len(loaded.skips) == 1
    assert all("root:" not in document.body for document in loaded.documents)


def test_too_many_elements(load_file):
    assert load_file("a.html", "<p>" * (MOST_ELEMENTS + 1)).reasons == ["more than 200,000 elements"]


@given(st.text())
def test_any_text_is_a_page_or_a_reason(html):
    from searchkit.errors import LoadError  # noqa: PLC0415

    try:
        page("<p>" + html)
    except LoadError as error:
        assert error.reason  # noqa: PT017
