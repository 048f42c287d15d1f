"""Reading from outside: who may (`tokens`, `reader`), what there is (`layers`), and how it is
asked for (`asking`). Nothing can be written by these ways."""
