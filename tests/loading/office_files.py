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
