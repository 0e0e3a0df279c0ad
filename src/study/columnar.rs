//! A sweep's CSV as Parquet, for data frames and databases: the same columns, with types.
//!
//! Invariant: a function of the CSV alone, so that a sweep in one go, one that was resumed and one that was joined
//! from parts are the same file. What is empty in the CSV is null. There is neither compression nor a second row
//! group: a sweep has at most ten thousand cells. Deliberately absent: reading Parquet.

use ::parquet::basic::{LogicalType, Repetition, Type as Physical};
use ::parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use ::parquet::schema::types::{Type, TypePtr};
use std::io::Write;
use std::sync::Arc;

/// The columns after the axes, before those of the metrics.
const AFTER_AXES: [&str; 3] = ["runs", "given_up", "holds"];

/// A column with its values; `None` is null.
enum ParquetColumn {
    Text(Vec<Option<String>>),
    Whole(Vec<Option<i64>>),
    Real(Vec<Option<f64>>),
    Truth(Vec<Option<bool>>),
}

/// Writes the cells of a sweep, as [`super::sweep::Sweep::csv_row`] has them, as Parquet. A parameter whose values
/// are all whole numbers is a column of whole numbers, one whose values are all numbers one of numbers, every
/// other one of words.
///
/// # Errors
/// What is wrong with the text, or why it cannot be written.
pub fn write<W: Write + Send>(csv: &str, to: W) -> Result<(), String> {
    let (names, columns) = read(csv)?;
    let fields = names.iter().zip(&columns).map(|(name, column)| column.field(name));
    let wrong = |error: ParquetError| error.to_string();
    let fields = fields.collect::<Result<Vec<TypePtr>, _>>().map_err(wrong)?;
    let schema = Type::group_type_builder("sweep").with_fields(fields).build().map_err(wrong)?;
    write_columns(Arc::new(schema), &columns, to).map_err(wrong)
}

fn write_columns<W: Write + Send>(
    schema: TypePtr,
    columns: &[ParquetColumn],
    to: W,
) -> Result<(), ParquetError> {
    let mut file = SerializedFileWriter::new(to, schema, Arc::default())?;
    let mut rows = file.next_row_group()?;
    for column in columns {
        let mut writer = rows.next_column()?.expect("a column for each field");
        match column {
            ParquetColumn::Text(values) => {
                let bytes: Vec<Option<ByteArray>> =
                    values.iter().map(|value| value.as_deref().map(ByteArray::from)).collect();
                put::<ByteArrayType>(&mut writer, &bytes)?;
            }
            ParquetColumn::Whole(values) => put::<Int64Type>(&mut writer, values)?,
            ParquetColumn::Real(values) => put::<DoubleType>(&mut writer, values)?,
            ParquetColumn::Truth(values) => put::<BoolType>(&mut writer, values)?,
        }
        writer.close()?;
    }
    rows.close()?;
    file.close().map(drop)
}

fn put<T: DataType>(
    writer: &mut SerializedColumnWriter<'_>,
    values: &[Option<T::T>],
) -> Result<(), ParquetError> {
    let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    let present: Vec<T::T> = values.iter().flatten().cloned().collect();
    writer.typed::<T>().write_batch(&present, Some(&levels), None).map(drop)
}

impl ParquetColumn {
    fn field(&self, name: &str) -> Result<TypePtr, ParquetError> {
        let (physical, logical) = match self {
            ParquetColumn::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            ParquetColumn::Whole(_) => (Physical::INT64, None),
            ParquetColumn::Real(_) => (Physical::DOUBLE, None),
            ParquetColumn::Truth(_) => (Physical::BOOLEAN, None),
        };
        let field = Type::primitive_type_builder(name, physical).with_logical_type(logical);
        field.with_repetition(Repetition::OPTIONAL).build().map(Arc::new)
    }

    fn whole(cells: &[String]) -> Option<ParquetColumn> {
        let read = |cell: &String| if cell.is_empty() { Some(None) } else { cell.parse().ok().map(Some) };
        cells.iter().map(read).collect::<Option<_>>().map(ParquetColumn::Whole)
    }

    fn real(cells: &[String]) -> Option<ParquetColumn> {
        let read = |cell: &String| if cell.is_empty() { Some(None) } else { cell.parse().ok().map(Some) };
        cells.iter().map(read).collect::<Option<_>>().map(ParquetColumn::Real)
    }

    fn truth(cells: &[String]) -> Option<ParquetColumn> {
        let read = |cell: &String| match cell.as_str() {
            "" => Some(None),
            "yes" => Some(Some(true)),
            "no" => Some(Some(false)),
            _ => None,
        };
        cells.iter().map(read).collect::<Option<_>>().map(ParquetColumn::Truth)
    }

    fn text(cells: Vec<String>) -> ParquetColumn {
        ParquetColumn::Text(cells.into_iter().map(Some).collect())
    }

    /// A parameter's values, as numbers if all are.
    fn of_axis(cells: Vec<String>) -> ParquetColumn {
        ParquetColumn::whole(&cells)
            .or_else(|| ParquetColumn::real(&cells))
            .unwrap_or_else(|| ParquetColumn::text(cells))
    }
}

/// The names and the values of all columns.
fn read(csv: &str) -> Result<(Vec<String>, Vec<ParquetColumn>), String> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let names: Vec<String> =
        reader.headers().map_err(|error| error.to_string())?.iter().map(str::to_owned).collect();
    let after = names.windows(AFTER_AXES.len()).position(|three| *three == AFTER_AXES);
    let after = after.ok_or("it is no CSV of a sweep")?;
    let mut cells: Vec<Vec<String>> = vec![Vec::new(); names.len()];
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        for (column, cell) in cells.iter_mut().zip(record.iter()) {
            column.push(cell.to_owned());
        }
    }
    let column = |(at, cells): (usize, Vec<String>)| {
        let wrong = || format!("a value of its column `{}` cannot be read", names[at]);
        match at {
            0 => Ok(ParquetColumn::text(cells)),
            _ if at == 1 || at == after || at == after + 1 => ParquetColumn::whole(&cells).ok_or_else(wrong),
            _ if at < after => Ok(ParquetColumn::of_axis(cells)),
            _ if at == after + 2 => ParquetColumn::truth(&cells).ok_or_else(wrong),
            _ => ParquetColumn::real(&cells).ok_or_else(wrong),
        }
    };
    let columns = cells.into_iter().enumerate().map(column).collect::<Result<_, _>>()?;
    Ok((names, columns))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::parquet::file::reader::{FileReader, SerializedFileReader};

    const SWEEP: &str = "study,cell,pool,\"time, in all\",share,runs,given_up,holds,wait.job.mean,wait.job.mean.low\n\
                         00ff,0,5,1s,1,30,0,yes,0.1,0.05\n\
                         00ff,1,6,\"uniform(1s, 2s)\",0.5,1,2,no,2,\n\
                         00ff,2,7,2s,0.25,1,2,,,\n";

    fn rows(csv: &str) -> (String, Vec<String>) {
        let mut bytes = Vec::new();
        write(csv, &mut bytes).unwrap_or_else(|wrong| panic!("{wrong}"));
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).expect("Parquet");
        let schema = reader.metadata().file_metadata().schema_descr();
        let types: Vec<String> = schema.columns().iter().map(|c| c.physical_type().to_string()).collect();
        let rows = reader.get_row_iter(None).expect("rows").map(|row| row.expect("a row").to_string());
        (types.join(" "), rows.collect())
    }

    #[test]
    fn cells_come_back_with_their_types() {
        let (types, rows) = rows(SWEEP);
        let expected = "BYTE_ARRAY INT64 INT64 BYTE_ARRAY DOUBLE INT64 INT64 BOOLEAN DOUBLE DOUBLE";
        assert_eq!(types, expected);
        assert_eq!(rows.len(), 3);
        let first = "{study: \"00ff\", cell: 0, pool: 5, time, in all: \"1s\", share: 1.0, runs: 30, given_up: 0, \
                     holds: true, wait.job.mean: 0.1, wait.job.mean.low: 0.05}";
        assert_eq!(rows[0], first);
        assert!(rows[1].contains("\"uniform(1s, 2s)\"") && rows[1].contains("low: null"), "{}", rows[1]);
        assert!(rows[2].contains("holds: null, wait.job.mean: null"), "{}", rows[2]);
    }

    #[test]
    fn a_sweep_without_cells_is_a_file_without_rows() {
        let (_, none) = rows(SWEEP.split_inclusive('\n').next().expect("a header"));
        assert!(none.is_empty());
        assert!(write("a,b\n1,2\n", Vec::new()).is_err());
    }
}
