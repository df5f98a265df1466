DROP TABLE IF EXISTS millrace.books;
