"""The intake: from a returned workbook to typed lines and problems."""
