"""Foreign files into one staged line of JSON per order, by DuckDB: streamed, bounded memory, in a fixed order."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import duckdb

from shouhou.foundation.refusals import refusal, refused
from shouhou.orders.imports.mapping import AMOUNTS, INSTANTS, WHOLE, Field, Spec

MEMORY = "512MB"
SUFFIXES = ("", ".gz", ".parquet")

IMPORT_FILE_MISSING = refusal(
    "IMPORT_FILE_MISSING", "invalid", zh="找不到文件：{file}", en="There is no such file: {file}"
)
IMPORT_COLUMN_UNKNOWN = refusal(
    "IMPORT_COLUMN_UNKNOWN", "invalid",
    zh="文件 {file} 没有映射所需的列 {columns}；文件中有：{present}。",
    en="{file} lacks the columns {columns} of the mapping; it has: {present}.",
)  # fmt: skip
IMPORT_FILE_MALFORMED = refusal(
    "IMPORT_FILE_MALFORMED", "invalid",
    zh="无法读取文件 {file}：{reason}", en="The file {file} cannot be read: {reason}",
)  # fmt: skip


def find_files(spec: Spec, source: Path) -> dict[str, Path]:
    """The files of the mapping: one file, or those of a folder (also gzipped). Raises Refused IMPORT_FILE_MISSING."""
    if not spec.files:
        if not source.is_file():
            raise refused(IMPORT_FILE_MISSING, file=source.name)
        return {"rows": source}
    found: dict[str, Path] = {}
    for name, file in spec.files.items():
        paths = [source / f"{file}{suffix}" for suffix in SUFFIXES]
        path = next((path for path in paths if path.is_file()), None)
        if path is None:
            raise refused(IMPORT_FILE_MISSING, file=f"{source.name}/{file}")
        found[name] = path
    return found


def native_lines(path: Path) -> Iterator[bytes]:
    """The lines of an NDJSON file, gzipped or not."""
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            yield from file
    except (gzip.BadGzipFile, EOFError) as error:
        raise refused(IMPORT_FILE_MALFORMED, file=path.name, reason=str(error)[:200]) from error


def stage(spec: Spec, files: dict[str, Path], *, to: Path) -> int:
    """Write the staged lines and answer how many rows were read; rows that no CSV reader understands raise.

    Each line: {"key", "row" (first row of the order), "order": {…}, "rows": [{…}], "payments": [{…}]}; texts are theirs,
    amounts are ten-thousandths of the main unit, whatever is no amount stays the text it was.
    Raises Refused: IMPORT_COLUMN_UNKNOWN, IMPORT_FILE_MALFORMED.
    """
    part = to.with_suffix(".part")
    with duckdb.connect() as db:
        db.execute(f"SET memory_limit='{MEMORY}'")
        db.execute("SET temp_directory=?", [str(to.parent / "spill")])
        present = {name: _open(db, name, path) for name, path in files.items()}
        _require(spec, files, present)
        main = spec.rows or next(iter(files))
        try:
            db.execute(f"COPY ({_query(spec, main, present)}) TO '{_quoted_text(str(part))}' (FORMAT json)")
            counted = db.execute(f"SELECT count(*) FROM {_joined(spec, main)}").fetchone()  # noqa: S608 – names are quoted
        except duckdb.Error as error:
            raise refused(IMPORT_FILE_MALFORMED, file=files[main].name, reason=str(error)[:300]) from error
    part.rename(to)
    return int(counted[0]) if counted else 0


def last_day(spec: Spec, files: dict[str, Path]) -> str | None:
    """The day (ISO, theirs) by which 99.9 % of the orders were placed and 99.9 % of the goods received."""
    with duckdb.connect() as db:
        db.execute(f"SET memory_limit='{MEMORY}'")
        present = {name: _open(db, name, path) for name, path in files.items()}
        _require(spec, files, present)
        main = spec.rows or next(iter(files))
        days = [
            f"quantile_disc(try_cast(substr({_text(spec.field(spec.order, name), main, present)}, 1, 10) AS DATE), 0.999)"
            for name in ("placed_at", "signed_at", "arrived_at")
            if spec.field(spec.order, name).columns
        ]
        row = db.execute(f"SELECT {', '.join(days)} FROM {_joined(spec, main)}").fetchone()  # noqa: S608 – names are quoted
    known = [day for day in row or () if day is not None]
    return max(known).isoformat() if known else None


def _open(db: duckdb.DuckDBPyConnection, name: str, path: Path) -> list[str]:
    """A view of the file with every column as text; answers the columns."""
    kind = Path(path.name.removesuffix(".gz")).suffix
    file = _quoted_text(str(path))
    try:
        if kind == ".parquet":
            columns = [row[0] for row in db.execute(f"DESCRIBE SELECT * FROM read_parquet('{file}')").fetchall()]  # noqa: S608 – names are quoted
            texts = ", ".join(f"CAST({_quoted(column)} AS VARCHAR) AS {_quoted(column)}" for column in columns)
            db.execute(f"CREATE VIEW {_quoted(name)} AS SELECT {texts} FROM read_parquet('{file}')")  # noqa: S608 – names are quoted
        else:
            reader = f"read_csv('{file}', all_varchar=true, header=true, sample_size=20000)"
            columns = [row[0] for row in db.execute(f"DESCRIBE SELECT * FROM {reader}").fetchall()]  # noqa: S608 – names are quoted
            db.execute(f"CREATE VIEW {_quoted(name)} AS SELECT * FROM {reader}")  # noqa: S608 – names are quoted
    except duckdb.Error as error:
        raise refused(IMPORT_FILE_MALFORMED, file=path.name, reason=str(error)[:300]) from error
    return columns


def _require(spec: Spec, files: dict[str, Path], present: dict[str, list[str]]) -> None:
    """Every column that the mapping names is there (of several alternatives: one)."""
    main = spec.rows or next(iter(files))
    needed: list[tuple[str, ...]] = [(c,) for c in [spec.key, *(c for join in spec.join for c in join.by.values())]]
    needed += [(f"{join.file}.{column}",) for join in spec.join for column in join.by]
    fields = [spec.field(spec.order, n) for n in spec.order] + [spec.field(spec.line, n) for n in spec.line]
    needed += [field.columns for field in fields if field.columns and not field.optional]
    if spec.payments.file:
        own = [spec.payments.by, spec.payments.amount, spec.payments.position]
        tender = spec.payments.tender
        own += Field(column=tender).columns if isinstance(tender, str) else tender.columns
        needed += [(f"{spec.payments.file}.{column}",) for column in own if column]
    for alternatives in needed:
        if not any(_known(column, main, present) for column in alternatives):
            table = _place(alternatives[0], main, present)[0]
            lacking = ", ".join(_place(column, main, present)[1] for column in alternatives)
            raise refused(
                IMPORT_COLUMN_UNKNOWN, file=files[table].name, columns=lacking, present=", ".join(present[table][:60])
            )


def _query(spec: Spec, main: str, present: dict[str, list[str]]) -> str:
    """One line per order: its first non-empty fields, its rows in their order, its payments."""
    key = _column(spec.key, main, present)
    order = ", ".join(
        f"{_quoted_text(n)}: first({v} ORDER BY seq) FILTER ({v} IS NOT NULL)"
        for n, v in ((n, _value(n, spec.field(spec.order, n), main, present)) for n in spec.order)
        if v
    )
    line = ", ".join(f"{n}: {v}" for n in spec.line if (v := _value(n, spec.field(spec.line, n), main, present)))
    position = spec.field(spec.line, "position").columns
    sort = f"try_cast({_column(position[0], main, present)} AS BIGINT), seq" if position else "seq"
    payments = "NULL"
    with_payments = ""
    if spec.payments.file:
        with_payments = f", pay AS ({_payments(spec, present)})"
        payments = "(SELECT p.payments FROM pay p WHERE p.key = k)"
    # Names are quoted, texts are escaped.
    return (
        f"WITH base AS (SELECT *, row_number() OVER () AS seq FROM {_quoted(main)}){with_payments} "  # noqa: S608
        f"SELECT k AS key, seq AS row, o AS \"order\", r AS rows, {payments} AS payments FROM ("
        f"SELECT {key} AS k, min(seq) AS seq, {{{order}}} AS o, list({{{line}}} ORDER BY {sort}) AS r "
        f"FROM {_joined(spec, main, base='base')} GROUP BY {key}) ORDER BY seq"
    )


def _payments(spec: Spec, present: dict[str, list[str]]) -> str:
    pay, table = spec.payments, spec.payments.file
    tender = Field(column=pay.tender) if isinstance(pay.tender, str) else pay.tender
    position = f" ORDER BY try_cast({_quoted(pay.position)} AS BIGINT)" if pay.position else ""
    values = f"{{tender: {_text(tender, table, present)}, amount: {_amount(_quoted(pay.amount))}}}"
    return (
        f"SELECT {_quoted(pay.by)} AS key, list({values}{position}) AS payments FROM {_quoted(table)} "  # noqa: S608
        f"GROUP BY {_quoted(pay.by)}"
    )


def _joined(spec: Spec, main: str, *, base: str = "") -> str:
    text = f"{base or _quoted(main)} AS {_quoted(main)}"
    for join in spec.join:
        on = " AND ".join(
            f"{_quoted(join.file)}.{_quoted(theirs)} = {_quoted(other.split('.')[0])}.{_quoted(other.split('.')[1])}"
            for theirs, other in join.by.items()
        )
        text += f" LEFT JOIN {_quoted(join.file)} ON {on}"
    return text


def _value(name: str, field: Field, main: str, present: dict[str, list[str]]) -> str:
    text = _text(field, main, present)
    if not text:
        return ""
    if name in AMOUNTS:
        return _amount(text)
    if name in WHOLE:
        return f"coalesce(to_json(try_cast({text} AS BIGINT)), to_json({text}))"
    if name in INSTANTS:
        return text
    return text


def _amount(text: str) -> str:
    return f"coalesce(to_json(CAST(try_cast({text} AS DECIMAL(18, 4)) * 10000 AS BIGINT)), to_json({text}))"


def _text(field: Field, main: str, present: dict[str, list[str]]) -> str:
    """The SQL of a field's text, empty as NULL; "" when none of its columns is there."""
    columns = [_column(column, main, present) for column in field.columns if _known(column, main, present)]
    if not columns:
        return ""
    blanks = "".join(f", '{_quoted_text(blank)}'" for blank in field.blank)
    texts = [f"CASE WHEN trim({column}) IN (''{blanks}) THEN NULL ELSE trim({column}) END" for column in columns]
    if len(texts) == 1:
        return f"({texts[0]})"
    return f"nullif(concat_ws(' ', {', '.join(texts)}), '')" if field.joined else f"coalesce({', '.join(texts)})"


def _place(column: str, main: str, present: dict[str, list[str]]) -> tuple[str, str]:
    """(file, column) of "file.column" or of a column of the main file."""
    file, dot, rest = column.partition(".")
    return (file, rest) if dot and file in present else (main, column)


def _known(column: str, main: str, present: dict[str, list[str]]) -> bool:
    file, name = _place(column, main, present)
    return name in present[file]


def _column(column: str, main: str, present: dict[str, list[str]]) -> str:
    file, name = _place(column, main, present)
    return f"{_quoted(file)}.{_quoted(name)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quoted_text(text: str) -> str:
    return text.replace("'", "''")
