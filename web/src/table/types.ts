// What a page says about its table.
import type { ReactNode } from 'react';
import type { ListParams } from '../api/types';

export interface Column<T> {
  /** Also the field the server sorts by. */
  id: string;
  /** Key of the heading's text. */
  text: string;
  cell: (row: T) => ReactNode;
  sortable?: boolean;
  /** Shown only when the reader chooses it. */
  extra?: boolean;
  numeric?: boolean;
}

export interface TableView {
  search: string;
  sort: string;
  order: 'asc' | 'desc';
  page: number;
  perPage: number;
  letter: string;
}

export interface TableData<T> {
  rows: T[];
  /** Which of all the first of these rows is, from 1: of what is shown, not of what is being asked for. */
  first: number;
  total: number;
  loading: boolean;
  error: unknown;
  retry: () => void;
  /** What the server was asked for, but for order and page; absent where it is not the server that searches. */
  params?: ListParams;
}
