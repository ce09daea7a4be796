import { Link } from 'react-router-dom';
import type { Line, LineState as State } from '../../api/types';
import type { Column } from '../../table/types';
import { LineState } from './LineState';

export function lineColumns(states: State[]): Column<Line>[] {
  const of = (line: Line) => states.find(({ line_id }) => line_id === line.id);
  return [
    { id: 'state', text: 'lines.column.state', cell: (line) => <LineState line={line} states={states} /> },
    { id: 'name', text: 'lines.column.name', sortable: true, cell: (line) => <Link to={`/lines/${line.id}`}>{line.name}</Link> },
    { id: 'provider_name', text: 'lines.column.provider', sortable: true, cell: (line) => line.provider_name },
    { id: 'server', text: 'lines.column.host', sortable: true, cell: (line) => line.server },
    { id: 'main_number', text: 'lines.column.main', sortable: true, cell: (line) => line.main_number },
    { id: 'position', text: 'lines.column.position', sortable: true, numeric: true, cell: (line) => line.position },
    { id: 'used', text: 'lines.column.server', extra: true, cell: (line) => of(line)?.server },
    {
      id: 'rtt',
      text: 'lines.column.rtt',
      extra: true,
      numeric: true,
      cell: (line) => (typeof of(line)?.rtt_ms === 'number' ? `${of(line)?.rtt_ms} ms` : ''),
    },
  ];
}
