import type { ReactNode } from 'react';
import '@tanstack/react-table';

declare module '@tanstack/react-table' {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  interface ColumnMeta<TData extends RowData, TValue> {
    text: string;
    numeric: boolean;
    /** Called, not rendered as a component: a page that draws its columns anew would lose what stands in the cells. */
    cell: (row: TData) => ReactNode;
  }
}
