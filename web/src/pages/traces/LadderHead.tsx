// The names above the columns; stays while the messages scroll.
import { useTranslation } from 'react-i18next';
import { HEAD, shorten, type Geometry } from './geometry';
import type { Column } from './ladder';
import classes from './traces.module.css';

export function LadderHead({ columns, geometry }: { columns: Column[]; geometry: Geometry }) {
  const { t } = useTranslation();
  return (
    <svg className={classes.head} width={geometry.width} height={HEAD} aria-hidden="true">
      {columns.map((column, index) => {
        const x = geometry.x(index);
        return (
          <g key={column.key} className={classes.column} data-self={column.self || undefined}>
            <rect x={x - geometry.column / 2 + 5} y={3} width={geometry.column - 10} height={HEAD - 6} rx={4} />
            <text className={classes.columnName} x={x} y={19} textAnchor="middle">
              {shorten(column.name || t('traces.peer'), geometry.chars - 2)}
            </text>
            <text className={classes.columnAddress} x={x} y={34} textAnchor="middle">
              {shorten(column.address, geometry.chars + 2)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
