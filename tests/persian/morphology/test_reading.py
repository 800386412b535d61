"""Which forms are one word, which are not, and what holds for any string?"""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.persian import analyze
from searchkit.persian.forms.form import joins
from searchkit.persian.morphology.reading import read
from searchkit.persian.morphology.verbs import read_verb
from searchkit.persian.text.fold import fold

WORDS = st.text(alphabet="ابتدرزسشکگلمنوهی", min_size=1, max_size=10)

NOUNS = [
    # forms, dictionary form
    ("کتاب\u200cها کتابها کتابهایشان کتاب\u200cهایم کتابم کتابش کتابی کتابمان کتابهامون", "کتاب"),
    ("خانه\u200cای خانه\u200cام خانه\u200cشان خانه\u200cی خانهی خانهٔ خانهای خونه\u200cها خونه\u200cهامون", "خانه"),
    ("صدایش صدای صداهایشان صداست", "صدا"),
    ("پدرم پدران پدرانمان", "پدر"),
    # the plural of living beings, and the pronoun that ends alike
    ("زنان", "زن"),
    ("دانشجویان دانشجوها", "دانشجو"),
    ("پرندگان پرندگانی", "پرنده"),
    ("دوستان دوستانم", "دوست"),
    ("درختان", "درخت"),
    ("بانوان", "بانو"),
    ("شهرتان", "شهر"),
    ("حالتان", "حال"),
    # plurals from Arabic
    ("حیوانات", "حیوان"),
    ("کلمات", "کلمه"),
    ("خاطرات", "خاطره"),
    ("خطرات", "خطر"),
    ("مناسبات", "مناسبت"),
    ("معلمین", "معلم"),
    ("انقلابیون", "انقلابی"),
    ("سبزیجات", "سبزی"),
    ("کتب کتبی\u200cها", "کتاب کتبی"),
    ("اعضای اعضایش", "عضو"),
    ("موجودات موجوداتی", "موجود"),
    ("خیرات", "خیر"),
    ("اراضی", "ارض"),
    ("اقلامی", "اقلام"),
    ("سرکشان", "سرکش"),
    ("مستان", "مست"),
    ("درویشان", "درویش"),
    ("نبردها نبردهای", "نبرد"),
    ("نزدش نزدشان", "نزد"),
    # to be, after an adjective
    ("معتقدند", "معتقد"),
    ("امیدواریم امیدوارند امیدوارید", "امیدوار"),
    ("نگرانیم نگرانند", "نگران"),
    ("قدیمیم", "قدیمی"),
    # degrees and orders
    ("کمترین کمتر", "کم"),
    ("پنجمین هفتادمین", "پنجم هفتادم"),
    ("بزرگ\u200cترین بزرگتر بزرگترین\u200cها بزرگتره", "بزرگ"),
    # spellings
    ("مسؤولان مسئولین", "مسئول"),
    ("طهران تهرون", "تهران"),
    ("نگاهت", "نگاه"),
    ("گفتگوها گفت\u200cوگوها گفت\u200cو\u200cگو", "گفت\u200cوگو"),
    ("رحمة", "رحمت"),
    ("عبداله", "عبدالله"),
    ("اله", "الله"),
    ("بوسیله به\u200cوسیله", "به\u200cوسیله"),
    ("بخاطر به\u200cخاطر", "به\u200cخاطر"),
    ("میهمان میهمانان مهمان", "مهمان"),
    ("واشینگتن واشنگتن", "واشنگتن"),
    ("کورش کوروش", "کوروش"),
    ("ماکرون مکرون", "مکرون"),
    ("مساله\u200cمحور مسئله\u200cمحور", "مسئله\u200cمحور"),
    ("سوسیالیزم", "سوسیالیسم"),
    # spoken
    ("بیمارستونا خیابونا", "بیمارستان خیابان"),
    ("دوستامون", "دوست"),
    ("خودشو خودمو", "خود"),
    ("قشنگه پاکه", "قشنگ پاک"),
    ("خوشحالن قشنگن", "خوشحال قشنگ"),
    ("مهمیه عجیبیه", "مهم عجیب"),
    ("ساختمون پریشون قبرستون", "ساختمان پریشان قبرستان"),
    # infinitives are nouns as well, and so are their negations
    ("رفتنش رفتنم", "رفتن"),
    ("نرفتنش نرفتن", "نرفتن"),
]


@pytest.mark.parametrize(("forms", "lemmas"), NOUNS)
def test_endings_come_off(forms, lemmas):
    assert dict.fromkeys(read(fold(form)).lemma for form in forms.split()) == dict.fromkeys(
        fold(lemma).replace("\u200c", "") for lemma in lemmas.split()
    )


VERBS = [
    # forms, infinitive
    ("می\u200cرود نمیرفتند رفتم برو بروید نرو رفته رفته\u200cاند رفته\u200cبودم خواهدرفت نخواهیم\u200cرفت", "رفتن"),
    ("گفته\u200cام گفته\u200cاند بگو میگم میگه بگید نگفتی می\u200cگویند", "گفتن"),
    ("بیاید نیامد میاد بیا نمیومد اومدم بیام نیاد", "آمدن"),
    ("نیفتاد میفته افتاده\u200cاند", "افتادن"),
    ("بینداز میندازه نینداخت", "انداختن"),
    ("برنمی\u200cگردد برنگشته برمی\u200cگشتم برگردم برگردی برگرده", "برگشتن"),
    ("درخواهیدآورد دربیارم درمیاره", "درآوردن"),
    ("می\u200cبینمش دیدم", "دیدن"),
    ("شود شوم میشه نشده", "شدن"),
    ("دارند دارم داشتند", "داشتن"),
    ("هستم نیستند هستین است", "هستن"),
    ("میخوام می\u200cخواهند", "خواستن"),
    ("نمی\u200cدونم دونستم", "دانستن"),
    ("بذار می\u200cذارم گذاشته\u200cاند", "گذاشتن"),
    ("خواندن بخونه", "خواندن"),
    ("نشستن بنشین", "نشستن"),
    ("می\u200cکند کنم کنند", "کردن"),
    ("رفتی", "رفتن"),
    ("می\u200cدانی", "دانستن"),
    ("می\u200cتوان نمی\u200cتوان بتوان", "توانستن"),
    ("خواهم خواهند", "خواستن"),
    ("میخام نمیخاد بخاد", "خواستن"),
    ("میارم بیارید نیاره", "آوردن"),
    ("میذاشتم نذاشتی بزارم میزاره", "گذاشتن"),
    ("بیوفته میوفته نیوفتاد اوفتاد", "افتادن"),
    ("وایسادم وایمیستم وایستاد", "ایستادن"),
    ("شده\u200cن شده\u200cم", "شدن"),
    # persons that nouns with a pronoun look like
    ("دانم", "دانستن"),
    ("ترسم", "ترسیدن"),
    ("گیرم", "گرفتن"),
    ("نویسم", "نوشتن"),
    ("آید", "آمدن"),
    ("نگریست نگریسته", "نگریستن"),
    # verse and older prose
    ("بگفت بگفتند", "گفتن"),
    ("بنشست", "نشستن"),
    ("بفرمود بفرموده", "فرمودن"),
    ("بیامد", "آمدن"),
    ("همی\u200cرفت همی\u200cرود", "رفتن"),
]


@pytest.mark.parametrize(("forms", "infinitive"), VERBS)
def test_verbs_lead_to_their_infinitive(forms, infinitive):
    assert {form: read(fold(form)).lemma for form in forms.split()} == dict.fromkeys(forms.split(), fold(infinitive))


WHOLE = """
ایران تهران زمان زبان دکتر ماشین شیرین زندگی کشتی مردم تنها میدان باران بازار اتوبان مردان\u200cشاه
آتش آسمان آلمان اجرا بادام بخش بنزین تلاش جهان خانم خورشید خیابان دانشگاه درمان دفتر رایگان رمان روزگار زندان ساختمان
سازمان سالم سامان سلام سنگین سودان صندلی عملیات قربان مالیات ماهی مهربان مهمان پایان پروین پریشان کارمند کاشان کلید کمان
اکوان جمهوری روسی روس حدود حواس اشکال پرونده مادر برادر ادبیات امکانات
برجام توییت پانا کمدی تجاری هری کم\u200cکم فرخ\u200cرو درود برند
رود کند مرد هشت رشت رشته خسته مستر بازسازی نشست نهاد سوخت بافت گذشته چکیده پیچیده میاه
""".split()


@pytest.mark.parametrize("word", WHOLE)
def test_dictionary_forms_stay_whole(word):
    assert read(fold(word)).lemma == fold(word).replace("\u200c", "")


APART = [
    # what ends, or begins, alike is not one word
    ("کلم", "کلمات"),
    ("حیو", "حیوانات"),
    ("مال", "مالیات"),
    ("اکو", "اکوان"),
    ("شهرت", "شهرتان"),
    ("حالت", "حالتان"),
    ("خاطر", "خاطرات"),
    ("محدود", "نامحدود"),
    ("رفتن", "نرفتن"),
    ("راندن", "رونده"),
    ("پراندن", "پرونده"),
    ("نشستن", "نشست"),
    ("شکستن", "شکستی"),
    ("نهادن", "نهادهای"),
    ("مبحث", "مباحثات"),
    ("رأس", "روس"),
    ("حس", "حواس"),
    ("زن", "زنا"),
    ("کار", "کارا"),
    ("آمدن", "بیاد"),
    ("رفتن", "بره"),
    ("سیاه", "سیا"),
    ("همچنین", "همچین"),
    ("کردن", "کنه"),
    ("کارگزاری", "کارگذاری"),
    ("خوار", "خار"),
    ("قضا", "غذا"),
    ("سال", "سالن"),
    ("جمهور", "جمهوری"),
    ("اتفاقا", "اتفاقات"),
    ("ثبت", "ثباتی"),
    ("ذرت", "ذرات"),
    ("اما", "امامان"),
    ("تاجر", "تجاری"),
    ("کمد", "کمدی"),
    ("دانستن", "میدانی"),
    ("برآمدن", "برایم"),
    ("درودن", "درود"),
    ("کمک", "کم\u200cکم"),
    ("زدن", "نزد"),
    ("دانستن", "بدان"),
    ("آمدن", "خسته\u200cاید"),
    ("شدن", "همیشه"),
    # a broken plural of a word that is commoner as another one
    ("سر", "اسرار"),
    ("قلم", "اقلام"),
    ("ملوک", "املاک"),
    ("ملائکه", "املاک"),
    ("کرد", "اکراد"),
    # names: a surname is no form of a first name, and what ends in ان no plural of one
    ("مراد", "مرادی"),
    ("سعید", "سعیدی"),
    ("رضا", "رضایی"),
    ("مهر", "مهران"),
    ("اکبر", "اکبران"),
    ("تقوا", "تقوی"),
    # Arabic nouns in ت
    ("فرق", "فرقت"),
    ("محاسب", "محاسبت"),
    ("مرس", "مرسی"),
    ("رئیس", "رئیسی"),
    # a ی that makes another word, not "a certain" one
    ("اسلام", "اسلامی"),
    ("غذا", "غذایی"),
    ("ساز", "سازی"),
    ("میزبان", "میزبانی"),
    ("نزدیک", "نزدیکی"),
    # nouns that have the form of a verb, or of a shorter word with an ending
    ("بردن", "نبرد"),
    ("هستن", "هستی"),
    ("کشتن", "کشت"),
    ("در", "درم"),
    ("را", "رایش"),
    ("شأن", "شیون"),
    ("زبان", "زبون"),
    ("آوردن", "نیرم"),
    ("آینه", "اینهم"),
    ("مس", "مستان"),
    ("ساخت", "ساختمون"),
    ("وحدت", "وحدتیه"),
]


@pytest.mark.parametrize(("left", "right"), APART)
def test_different_words_stay_apart(left, right):
    ours, theirs = read(fold(left)), read(fold(right))
    assert {ours.key, ours.lemma}.isdisjoint({theirs.key, theirs.lemma})


@pytest.mark.parametrize(
    ("left", "right", "together"),
    [
        ("می", "رود", True),
        ("نمی", "دانم", True),
        ("همی", "رفت", True),
        ("همی", "کتاب", False),
        ("می", "سال", False),
        ("بر", "می\u200cگردد", True),
        ("برمی", "گردد", True),
        ("درمی", "گردد", False),
        ("در", "میدان", False),
        ("کتاب", "ها", True),
        ("بزرگ", "تر", True),
        ("خانه", "ای", True),
        ("از", "ها", False),
        ("ایران", "ای", False),
    ],
)
def test_pieces_of_one_word_join(left, right, together):
    assert joins(fold(left), fold(right)) is together


@pytest.mark.parametrize(
    ("spoken", "standard"),
    [
        ("میگم", "میگویم"),
        ("میره", "میرود"),
        ("خونه", "خانه"),
        ("میخوام", "میخواهم"),
        ("میفته", "میافتد"),
        ("نمیومدن", "نمیامدن"),
        ("نیافتاد", "نیفتاد"),
    ],
)
def test_spoken_forms_are_indexed_as_the_standard_ones(spoken, standard):
    assert read(spoken).key == standard


PARTS = [
    # word, its parts
    ("کتاب\u200cخانه", ("کتاب", "خانه")),
    ("کتاب\u200cها", ()),
    ("خونه\u200cباغ", ("خانه", "باغ")),
    ("ایرانی", ("ایران",)),
    ("تهرانی", ("تهران",)),
    ("جمهوری", ()),
    ("مالی", ()),
    ("نشست", ("نشستن",)),
    ("گذشته", ("گذشتن",)),
    ("برگشته", ("برگشتن",)),
    # what a noun or an adjective also is: a form of a verb, as spoken or with a noun before it
    ("کند", ("کردن",)),
    ("رود", ("رفتن",)),
    ("گشت", ("گشتن",)),
    ("زند", ("زدن",)),
    ("بره", ("رفتن",)),
    ("بتونه", ("توانستن",)),
    ("درسته", ("درست",)),
    ("مهمه", ("مهم",)),
    ("بهترین", ("بهتر", "خوب")),
    ("اولین", ("اول",)),
    ("بنصیحت", ("نصیحت",)),
    ("بخاطر", ("خاطر",)),
    ("پایگاهداده", ("پایگاه", "داده")),
    ("بازار", ()),
    ("خیابان", ()),
    ("مرادی", ()),
    ("اسلامی", ("اسلام",)),
    ("کشت", ("کشتن",)),
    ("زبون", ("زبان",)),
    ("حسودیم", ("حسودی",)),
    ("طبیعیه", ("طبیعی",)),
]


@pytest.mark.parametrize(("word", "parts"), PARTS)
def test_a_word_is_found_by_its_parts_but_is_no_form_of_them(word, parts):
    reading = read(fold(word))
    assert reading.parts == parts
    assert reading.lemma not in parts


@given(WORDS)
def test_reading_is_total_and_bounded(word):
    reading = read(word)
    assert reading.key
    assert reading.lemma
    assert read(word) == reading


@given(WORDS)
def test_what_is_written_down_changes_nothing(word):
    steps: list[tuple[str, str]] = []
    reading = read(word, steps)
    assert reading == read(word)
    assert bool(steps) >= (reading.lemma != word)


@given(WORDS, WORDS)
def test_a_half_space_does_not_change_the_key_of_a_standard_word(left, right):
    joined, apart = read(left + right), read(left + "\u200c" + right)
    assert joined.key == apart.key


def test_the_words_of_a_ligature_stay_apart():
    assert all(token.start == 0 for token in analyze("ی\ufdfa تر")[:-1])


def test_tokens_written_in_pieces_are_one():
    (token,) = analyze("می رود")
    assert (token.key, token.lemma) == ("میرود", "رفتن")


def test_the_answer_is_the_same_under_any_hash_seed():
    code = (
        "from searchkit.persian.morphology.reading import read;"
        "print(ascii([read(w) for w in 'کتابهایشان میبرد نمیره شرایط سرم ببر خاطرات مردمان برند'.split()]))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(answers) == 1


def test_importing_does_not_open_the_lexicon():
    code = (
        "import searchkit.persian as p, searchkit.persian.morphology.lexicon as l; print(l._open.cache_info().currsize)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert ran.stdout.strip() == "0"


def test_no_verb_is_found_in_nothing():
    assert read_verb("") is None
