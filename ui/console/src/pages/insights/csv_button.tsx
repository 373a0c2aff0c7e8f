import { Button } from '../../parts/base';
import { csvOf, download, type Cell } from './csv';

/** A table as it is shown, to the digit. */
export function CsvButton({ name, header, rows }: { name: string; header: string[]; rows: Cell[][] }) {
  return <Button size="sm" look="quiet" disabled={rows.length === 0} onClick={() => download(`${name}.csv`, csvOf(header, rows))}>CSV<span className="vh"> of {name.replaceAll('-', ' ')}</span></Button>;
}
