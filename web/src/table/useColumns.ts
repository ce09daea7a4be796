// Which columns the reader wants to see, remembered per table.
import { useLocalStorage } from '@mantine/hooks';
import { useMemo } from 'react';
import type { Column } from './types';

export function useColumns<T>(id: string, columns: Column<T>[]) {
  const [chosen, setChosen] = useLocalStorage<Record<string, boolean>>({
    key: `strowger.table.${id}.columns`,
    defaultValue: {},
    getInitialValueInEffect: false,
  });
  const visible = useMemo(
    () => Object.fromEntries(columns.map((column) => [column.id, chosen[column.id] ?? !column.extra])),
    [columns, chosen],
  );
  const toggle = (column: string) => setChosen({ ...chosen, [column]: !visible[column] });
  return { visible, toggle, reset: () => setChosen({}) };
}
