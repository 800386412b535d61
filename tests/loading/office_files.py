"""Office files as bytes: the parts that matter, put together by the standard library."""

from __future__ import annotations

import io
import zipfile

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ALL = (
    f'{W} xmlns:wps="urn:wps" xmlns:mc="urn:mc" xmlns:m="urn:m" xmlns:a="urn:a" '
    'xmlns:p="urn:p" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
STYLES = f"""<w:styles {W}>
<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>
<w:style w:type="character" w:styleId="H"><w:name w:val="mine"/><w:rPr><w:vanish/></w:rPr></w:style>
</w:styles>"""
CORE = """<cp:coreProperties xmlns:cp="urn:cp" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:dcterms="http://purl.org/dc/terms/">{}</cp:coreProperties>"""


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def docx(body, core="", **parts):
    """A Word file with this between the tags of its body."""
    files = {
        "word/document.xml": f"<w:document {ALL}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": STYLES,
        "docProps/core.xml": CORE.format(core),
    }
    return zipped(files | {f"word/{name}.xml": text for name, text in parts.items()})


def paragraph(text, properties=""):
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


ODF = (
    'xmlns:office="urn:office" xmlns:text="urn:text" xmlns:table="urn:table" xmlns:draw="urn:draw" '
    'xmlns:style="urn:style" xmlns:presentation="urn:presentation" xmlns:dc="urn:dc" xmlns:meta="urn:meta" '
    'xmlns:svg="urn:svg"'
)


def odt(body, meta="", styles="", kind="text", **members):
    """An OpenDocument file with this between the tags of its body."""
    files = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": (
            f"<office:document-content {ODF}><office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
        ),
        "meta.xml": f"<office:document-meta {ODF}><office:meta>{meta}</office:meta></office:document-meta>",
    }
    return zipped(files | members)


RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def relations(targets):
    each = "".join(f'<Relationship Id="{id_}" Target="{target}"/>' for id_, target in targets.items())
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{each}</Relationships>'


def pptx(slides, core="", **members):
    """A PowerPoint file with these slides, given as their trees of shapes; the files are in reverse order."""
    numbers = range(1, len(slides) + 1)
    files = {f"ppt/slides/slide{len(slides) - i}.xml": slide for i, slide in enumerate(slides)}
    ids = "".join(f'<p:sldId id="{255 + i}" r:id="rId{i}"/>' for i in numbers)
    files["ppt/presentation.xml"] = f"<p:presentation {ALL}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>"
    files["ppt/_rels/presentation.xml.rels"] = relations(
        {f"rId{i}": f"slides/slide{len(slides) - i + 1}.xml" for i in numbers}
    )
    return zipped(files | {"docProps/core.xml": CORE.format(core)} | members)


def slide(*shapes, show="1"):
    return f'<p:sld {ALL} show="{show}"><p:cSld><p:spTree>{"".join(shapes)}</p:spTree></p:cSld></p:sld>'


def shape(text, kind="body", hidden="0"):
    paragraphs = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in text.split("\n"))
    named = f'<p:nvSpPr><p:cNvPr id="1" hidden="{hidden}"/><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr>'
    return f"<p:sp>{named}<p:txBody>{paragraphs}</p:txBody></p:sp>"


def xlsx(sheets, strings=(), formats="", **members):
    """An Excel file: sheets by name, each as the XML of its rows; texts that cells share; XML of styles."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    numbered = list(enumerate(sheets.items(), start=1))
    named = "".join(f'<sheet name="{name.strip("-")}" state="{"hidden" if name[0] == "-" else "visible"}" r:id="r{i}"/>'
                    for i, (name, _) in numbered)  # fmt: skip
    files = {
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{RELATIONS}"><sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations({f"r{i}": f"/xl/worksheets/s{i}.xml" for i, _ in numbered}),
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{"".join(f"<si>{text}</si>" for text in strings)}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}">{formats}</styleSheet>',
    }
    for i, (_, rows) in numbered:
        files[f"xl/worksheets/s{i}.xml"] = f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
    return zipped(files | members)


def row(number, *texts):
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f'<row r="{number}">{cells}</row>'


def epub(chapters, meta="", items="", **members):
    """A book with these chapters by name, each as the XHTML between the tags of its body."""
    manifest = "".join(
        f'<item id="i{i}" href="{name}" media-type="application/xhtml+xml"/>' for i, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="i{i}"/>' for i in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata>{meta}</metadata><manifest>{items}{manifest}</manifest><spine>{spine}</spine></package>"
    )
    pages = {
        f"OEBPS/{name}": (
            '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml">'
            f"<head><title>t</title></head><body>{body}</body></html>"
        )
        for name, body in chapters.items()
    }
    container = '<container><rootfiles><rootfile full-path="OEBPS/a.opf"/></rootfiles></container>'
    return zipped(
        {"mimetype": "application/epub+zip", "META-INF/container.xml": container, "OEBPS/a.opf": package}
        | pages
        | members
    )


def cell(text="", more="", **attributes):
    said = "".join(f' office:{key.replace("_", "-")}="{value}"' for key, value in attributes.items())
    return f"<table:table-cell{said}{more}>{text}</table:table-cell>"


def line(*cells, more=""):
    inner = "".join(each if each[:1] == "<" else cell(f"<text:p>{each}</text:p>") for each in cells)
    return f"<table:table-row{more}>{inner}</table:table-row>"


def ods(sheets, count=None, styles=""):
    """A file of Calc: sheets by name, each as its rows, which are lists of cells; texts may be given as they are."""
    body = ""
    for name, rows in sheets.items():
        inner = "".join(each if isinstance(each, str) else line(*each) for each in rows)
        body += f'<table:table table:name="{name}" table:style-name="{name}">{inner}</table:table>'
    meta = f'<meta:document-statistic meta:table-count="{count or len(sheets)}"/>'
    return odt(body, meta, styles, kind="spreadsheet")
