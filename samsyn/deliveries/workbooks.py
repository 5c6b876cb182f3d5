"""The XLSX template: every row that is to be delivered, filled in but for the counts, with lists to choose from."""

import io

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from samsyn.deliveries.checking.formats import LARGEST_COUNT, STATUS_WORDS, TableFormat
from samsyn.deliveries.checking.sheet import SHEET

_WIDTHS = {"variable": 24, "code": 20, "package": 14}


def template(form: TableFormat, *, organisation: str, period: str) -> bytes:
    """Return a workbook that the checker takes in when the counts are filled in."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 (a new workbook has one sheet)
    sheet.title = SHEET.capitalize()
    sheet.append(list(form.headings))
    for key in form.each_cell():
        sheet.append([organisation, period, form.name, form.table, *key, None, STATUS_WORDS["A"]])
    last = form.size + 1
    for place, column in enumerate(form.columns, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = _WIDTHS.get(column, 13)
        if column != "count":
            for row in range(2, last + 1):
                # Text, so that no spreadsheet takes a code's first nought or makes a date of a period.
                sheet.cell(row=row, column=place).number_format = "@"
        _validate(sheet, form, column, f"{letter}2:{letter}{last}")
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E2EFF0")
    sheet.freeze_panes = "A2"
    _explain(book, form)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _validate(sheet: Worksheet, form: TableFormat, column: str, cells: str) -> None:
    if column == "count":
        rule = DataValidation(
            type="whole", operator="between", formula1="0", formula2=str(LARGEST_COUNT), allow_blank=True
        )
        rule.error = _("Skriv ett helt tal.")
    else:
        lists = {"status": list(STATUS_WORDS.values())}
        lists |= {one.code: [item.code for item in one.codes] for one in form.breakdowns}
        if column not in lists:
            return
        rule = DataValidation(type="list", formula1='"' + ",".join(lists[column]) + '"', allow_blank=False)
        rule.error = _("Välj i listan.")
    rule.showErrorMessage = True
    sheet.add_data_validation(rule)
    rule.add(cells)


def _explain(book: Workbook, form: TableFormat) -> None:
    sheet = book.create_sheet(_("Läs mig"))
    lines = (
        form.title_sv,
        _("Skriv antal i kolumnen antal. 0 betyder ingen. Lämna inga tomma: byt status i stället."),
        _(
            "undertryckt: ni visar inte antalet. saknas: ni har inte uppgiften. ej_tillämpligt: där kan ingen finnas hos er."
        ),
        _("Raden not_asked är de som ingen har frågat, unknown de som det inte är känt för. De läggs aldrig ihop."),
        _("Inga uppgifter om enskilda: en fil med namn, personnummer eller en rad per person tas inte emot."),
    )
    for line in lines:
        sheet.append([line])
    sheet.append([])
    sheet.append([_("variabel"), _("kod"), _("betyder")])
    for variable in form.variables:
        for item in variable.codes:
            sheet.append([variable.code, item.code, f"{variable.label_sv}: {item.label_sv}"])
    sheet.column_dimensions["A"].width = sheet.column_dimensions["B"].width = 24
    sheet.column_dimensions["C"].width = 50
