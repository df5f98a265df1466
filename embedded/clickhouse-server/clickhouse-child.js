// Runs ClickHouse's server inside this process until standard input closes. The arguments are its command line.
// Plain JavaScript, so that it runs from an installed package as well, where Node strips no types.
import { DataType, load, open } from 'ffi-rs';
import { libchdbPath } from 'chdb/libchdb';

const commandLine = process.argv.slice(2);
open({ library: 'chdb', path: libchdbPath() });
load({
  library: 'chdb',
  funcName: 'chdb_query_cmdline',
  retType: DataType.I64,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [commandLine.length, commandLine],
});
