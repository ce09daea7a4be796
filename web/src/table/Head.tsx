// The headings: buttons where a column can be sorted.
import { Checkbox } from '@mantine/core';
import type { Table } from '@tanstack/react-table';
import { useTranslation } from 'react-i18next';
import { Icon } from '../shell/icons';
import classes from './table.module.css';
import type { TableView } from './types';

interface HeadProps<T> {
  table: Table<T>;
  view: TableView;
  onView: (change: Partial<TableView>) => void;
  pickable: boolean;
}

export function Head<T>({ table, view, onView, pickable }: HeadProps<T>) {
  const { t } = useTranslation();
  const sortBy = (id: string) => onView({ sort: id, order: view.sort === id && view.order === 'asc' ? 'desc' : 'asc' });
  const direction = view.order === 'asc' ? 'ascending' : 'descending';
  return (
    <thead>
      <tr>
        {pickable && (
          <th scope="col" className={classes.pick}>
            <Checkbox
              size="xs"
              aria-label={t('table.pickAll')}
              checked={table.getIsAllRowsSelected()}
              indeterminate={table.getIsSomeRowsSelected()}
              onChange={table.getToggleAllRowsSelectedHandler()}
            />
          </th>
        )}
        {table.getVisibleLeafColumns().map((column) => {
          const sorted = view.sort === column.id;
          const text = t(column.columnDef.meta?.text ?? '');
          const numeric = column.columnDef.meta?.numeric || undefined;
          if (!column.getCanSort()) {
            return (
              <th key={column.id} scope="col" data-numeric={numeric}>
                {text}
              </th>
            );
          }
          return (
            <th key={column.id} scope="col" data-numeric={numeric} aria-sort={sorted ? direction : 'none'}>
              <button type="button" className={classes.sort} data-sorted={sorted || undefined} onClick={() => sortBy(column.id)}>
                {text} <Icon name={sorted ? (view.order === 'asc' ? 'up' : 'down') : 'sort'} size={12} />
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}
