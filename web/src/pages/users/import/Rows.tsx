// The rows of the file: what each would do, or has done; mistakes stand in their cells.
import { Badge, Switch, Text } from '@mantine/core';
import type { TFunction } from 'i18next';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useUserImportRows, type UserImport, type UserImportRow } from '../../../api/userImport';
import { fieldErrorText } from '../../../shell/notify';
import { DataTable } from '../../../table/DataTable';
import type { Column } from '../../../table/types';
import { useTableView } from '../../../table/useTableView';

const COLORS = { create: 'green', update: 'blue', unchanged: 'gray', error: 'red' };
const CELLS = ['login', 'firstname', 'lastname', 'internal', 'external', 'mail', 'password'] as const;

function Mistakes({ row, of }: { row: UserImportRow; of: (field: string | null) => boolean }) {
  const found = row.errors.filter(({ field }) => of(field));
  if (found.length === 0) return null;
  return (
    <Text size="xs" c="var(--mantine-color-error)" style={{ whiteSpace: 'normal' }}>
      {found.map((e) => fieldErrorText({ ...e, field: e.field ?? '' })).join(' ')}
    </Text>
  );
}

function columnsOf(t: TFunction): Column<UserImportRow>[] {
  const value = (row: UserImportRow, name: (typeof CELLS)[number]) => {
    if (name === 'password') return row.password && t('users.import.hasPassword');
    const cell = row[name];
    return Array.isArray(cell) ? cell.join(', ') : cell;
  };
  const others = (field: string | null) => !CELLS.includes(field as (typeof CELLS)[number]);
  return [
    { id: 'line', text: 'users.import.column.line', numeric: true, cell: (row) => row.line },
    {
      id: 'action',
      text: 'users.import.column.action',
      cell: (row) => <Badge color={COLORS[row.action]}>{t(`users.import.action.${row.action}`)}</Badge>,
    },
    ...CELLS.map((name) => ({
      id: name,
      text: `users.import.column.${name}`,
      cell: (row: UserImportRow) => (
        <>
          {value(row, name)}
          <Mistakes row={row} of={(field) => field === name} />
        </>
      ),
    })),
    {
      id: 'errors',
      text: 'users.import.column.errors',
      cell: (row) => (
        <>
          {row.errors.filter(({ field }) => others(field)).map(({ field }) => field ?? '').join(' ')}
          <Mistakes row={row} of={others} />
        </>
      ),
    },
  ];
}

export function Rows({ job }: { job: UserImport }) {
  const { t } = useTranslation();
  const [view, setView] = useTableView('user-import', { sort: 'line' });
  const [invalid, setInvalid] = useState(job.invalid > 0);
  const rows = useUserImportRows(job.state, invalid, view.page, view.perPage);
  const columns = useMemo(() => columnsOf(t), [t]);
  const toggle = (on: boolean) => {
    setInvalid(on);
    setView({});
  };
  return (
    <DataTable
      id="user-import"
      label={t('users.import.rows')}
      columns={columns}
      data={{
        rows: rows.data?.items ?? [],
        first: rows.data ? (rows.data.page - 1) * rows.data.per_page + 1 : 1,
        total: rows.data?.total ?? 0,
        loading: rows.isPending,
        error: rows.isError ? rows.error : null,
        retry: () => void rows.refetch(),
      }}
      view={view}
      onView={setView}
      rowId={(row) => row.line}
      searchable={false}
      filters={
        <Switch size="xs" label={t('users.import.onlyInvalid')} checked={invalid} onChange={(event) => toggle(event.currentTarget.checked)} />
      }
      empty={t('users.import.noRows')}
    />
  );
}
