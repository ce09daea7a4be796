// The rows. One of them takes the focus: arrows move it, Enter opens, Space picks.
import { Checkbox } from '@mantine/core';
import type { Row } from '@tanstack/react-table';
import { useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './table.module.css';

interface BodyProps<T> {
  rows: Row<T>[];
  pickable: boolean;
  onOpen?: (row: T) => void;
}

const fromControl = (event: { target: EventTarget; currentTarget: EventTarget }) =>
  event.target !== event.currentTarget && (event.target as Element).closest('a,button,input,label') !== null;

export function Body<T>({ rows, pickable, onOpen }: BodyProps<T>) {
  const { t } = useTranslation();
  const ref = useRef<HTMLTableSectionElement>(null);
  const [focused, setFocused] = useState(0);
  const tabStop = Math.min(focused, rows.length - 1);

  const move = (to: number) => {
    const index = Math.max(0, Math.min(rows.length - 1, to));
    setFocused(index);
    (ref.current?.children[index] as HTMLElement | undefined)?.focus();
  };

  const onKeyDown = (event: KeyboardEvent, index: number, row: Row<T>) => {
    if (fromControl(event)) return;
    if (event.key === 'ArrowDown') move(index + 1);
    else if (event.key === 'ArrowUp') move(index - 1);
    else if (event.key === 'Home') move(0);
    else if (event.key === 'End') move(rows.length - 1);
    else if (event.key === 'Enter') onOpen?.(row.original);
    else if (event.key === ' ' && pickable) row.toggleSelected();
    else return;
    event.preventDefault();
  };

  return (
    <tbody ref={ref}>
      {rows.map((row, index) => (
        <tr
          key={row.id}
          tabIndex={index === tabStop ? 0 : -1}
          data-picked={row.getIsSelected() || undefined}
          data-opens={onOpen ? true : undefined}
          aria-selected={pickable ? row.getIsSelected() : undefined}
          onFocus={() => setFocused(index)}
          onKeyDown={(event) => onKeyDown(event, index, row)}
          onMouseDown={(event) => event.detail > 1 && !fromControl(event) && event.preventDefault()} // selects no word
          onDoubleClick={(event) => !fromControl(event) && onOpen?.(row.original)}
        >
          {pickable && (
            <td className={classes.pick}>
              <Checkbox
                size="xs"
                aria-label={t('table.pick')}
                checked={row.getIsSelected()}
                disabled={!row.getCanSelect()}
                onChange={row.getToggleSelectedHandler()}
              />
            </td>
          )}
          {row.getVisibleCells().map((cell) => (
            <td key={cell.id} data-numeric={cell.column.columnDef.meta?.numeric || undefined}>
              {cell.column.columnDef.meta?.cell(row.original)}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}
