"""A page of a PDF file with the words of a quote -> a picture of it with the words marked."""
