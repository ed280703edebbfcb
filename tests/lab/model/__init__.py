"""The one model of Ashfield School, from which its hosts, tables, consoles and truth are all made."""
