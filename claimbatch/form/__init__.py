"""The form: what a workbook looks like, and the qualifications it is made for."""
