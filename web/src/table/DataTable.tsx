// The one table of the page: search, letters, sort, paging, choice of columns, keyboard, picked rows.
import { functionalUpdate, getCoreRowModel, useReactTable, type ColumnDef, type OnChangeFn, type RowSelectionState } from '@tanstack/react-table';
import { useMemo, useState, type ReactNode } from 'react';
import type { Found } from '../api/types';
import { AllFound } from './AllFound';
import { Body } from './Body';
import { ColumnMenu } from './ColumnMenu';
import { Footer } from './Footer';
import { Head } from './Head';
import { LetterTabs } from './LetterTabs';
import { State } from './State';
import classes from './table.module.css';
import { Toolbar } from './Toolbar';
import type { Column, TableData, TableView } from './types';
import { useColumns } from './useColumns';

interface DataTableProps<T> {
  id: string;
  label: string;
  columns: Column<T>[];
  data: TableData<T>;
  view: TableView;
  onView: (change: Partial<TableView>) => void;
  rowId: (row: T) => string | number;
  letters?: boolean;
  /** false: there is no search in these rows. */
  searchable?: boolean;
  filters?: ReactNode;
  empty?: ReactNode;
  onOpen?: (row: T) => void;
  /** Offers to remove the picked rows; resolves to whether they are gone. */
  onRemove?: (rows: T[], found: Found | null) => Promise<boolean>;
  removable?: (row: T) => boolean;
  /** What else can be done with the picked rows. */
  pickedActions?: (rows: T[], found: Found | null) => ReactNode;
  /** What can be done with the picked rows can be done with all that are found, too: then `found` says which. */
  allFound?: boolean;
}

function definitions<T>(columns: Column<T>[]): ColumnDef<T>[] {
  return columns.map((column) => ({
    id: column.id,
    accessorFn: () => null,
    enableSorting: column.sortable ?? false,
    meta: { text: column.text, numeric: column.numeric ?? false, cell: column.cell },
  }));
}

export function DataTable<T>(props: DataTableProps<T>) {
  const { id, columns, data, view, onView, onRemove, removable, rowId } = props;
  const { visible, toggle, reset } = useColumns(id, columns);
  const [pickedByHand, setPicked] = useState<RowSelectionState>({});
  const [allOf, setAllOf] = useState<string | null>(null);
  const pickable = onRemove !== undefined || props.pickedActions !== undefined;

  const question = JSON.stringify(data.params);
  const all = allOf !== null && allOf === question; // of another question they are others
  const picked = useMemo(
    () => (all ? Object.fromEntries(data.rows.map((row) => [String(rowId(row)), removable?.(row) ?? true])) : pickedByHand),
    [all, data.rows, rowId, removable, pickedByHand],
  );
  const pick: OnChangeFn<RowSelectionState> = (change) => {
    setPicked(functionalUpdate(change, picked));
    setAllOf(null);
  };

  const table = useReactTable<T>({
    data: data.rows,
    columns: useMemo(() => definitions(columns), [columns]),
    state: { columnVisibility: visible, rowSelection: picked },
    getRowId: (row) => String(rowId(row)),
    onRowSelectionChange: pick,
    enableRowSelection: removable ? (row) => removable(row.original) : true,
    manualSorting: true,
    manualPagination: true,
    getCoreRowModel: getCoreRowModel(),
  });

  const { rows } = table.getRowModel();
  const pickedRows = rows.filter((row) => row.getIsSelected()).map((row) => row.original);
  const found: Found | null = all && data.params ? { params: data.params, total: data.total } : null;
  const pickNone = () => {
    setPicked({});
    setAllOf(null);
  };
  const removePicked = async () => {
    if (await onRemove?.(pickedRows, found)) pickNone();
  };

  return (
    <section className="panel" aria-label={props.label}>
      <Toolbar
        search={view.search}
        onSearch={props.searchable === false ? undefined : (search) => onView({ search })}
        picked={found?.total ?? pickedRows.length}
        onRemovePicked={onRemove && (() => void removePicked())}
        filters={props.filters}
        pickedActions={pickedRows.length > 0 && props.pickedActions?.(pickedRows, found)}
        columnMenu={<ColumnMenu columns={columns} visible={visible} onToggle={toggle} onReset={reset} />}
      />
      {props.allFound && data.params && rows.length > 0 && data.total > rows.length && table.getIsAllRowsSelected() && (
        <AllFound all={all} shown={pickedRows.length} total={data.total} onAll={(now) => (now ? setAllOf(question) : pickNone())} />
      )}
      {props.letters && <LetterTabs letter={view.letter} onLetter={(letter) => onView({ letter })} />}
      <div className={classes.scroll}>
        <table className={classes.table} aria-label={props.label} aria-busy={data.loading}>
          <Head table={table} view={view} onView={onView} pickable={pickable} />
          <Body rows={rows} pickable={pickable} onOpen={props.onOpen} />
        </table>
      </div>
      {rows.length === 0 && (
        <State
          data={data}
          narrowed={view.search !== '' || view.letter !== ''}
          onWiden={() => onView({ search: '', letter: '' })}
          empty={props.empty}
        />
      )}
      <Footer
        first={data.first}
        shown={data.rows.length}
        total={data.total}
        page={view.page}
        perPage={view.perPage}
        onPage={(page) => onView({ page })}
        onPerPage={(perPage) => onView({ perPage })}
      />
    </section>
  );
}
