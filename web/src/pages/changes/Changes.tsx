// Who changed what, from what to what; each change can be undone.
import { Badge } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Change } from '../../api/types';
import { fieldLabel, optionLabel } from '../../forms/texts';
import { dateTime } from '../../i18n/format';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';
import { ChangeDrawer } from './ChangeDrawer';

const COLORS: Record<string, string> = { created: 'petrol', deleted: 'red' };

export default function Changes() {
  const { t } = useTranslation();
  const [view, setView] = useTableView('changes', { sort: 'at', order: 'desc' });
  const data = useServerTable<Change>('changes', view);
  const [open, setOpen] = useState<Change | null>(null);

  const columns = useMemo<Column<Change>[]>(
    () => [
      { id: 'at', text: 'changes.column.at', sortable: true, cell: ({ at }) => at && dateTime(at) },
      { id: 'writer', text: 'changes.column.writer', sortable: true, cell: ({ writer }) => writer || t('changes.system') },
      {
        id: 'action',
        text: 'changes.column.action',
        sortable: true,
        cell: ({ action }) => <Badge color={COLORS[action] ?? 'brass'}>{optionLabel('change', 'action', action)}</Badge>,
      },
      {
        id: 'name',
        text: 'changes.column.name',
        sortable: true,
        cell: ({ entity, name }) => [t(`changes.entity.${entity}`, { defaultValue: entity }), name].filter(Boolean).join(' '),
      },
      {
        id: 'fields',
        text: 'changes.column.fields',
        cell: ({ entity, fields }) => fields.map((field) => fieldLabel(entity, field)).join(', '),
      },
      { id: 'address', text: 'changes.column.address', sortable: true, cell: ({ address }) => address },
    ],
    [t],
  );

  return (
    <PageFrame title={t('changes.title')}>
      <DataTable
        id="changes"
        label={t('changes.title')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(change) => change.id}
        empty={t('changes.none')}
        onOpen={setOpen}
      />
      <ChangeDrawer change={open} onClose={() => setOpen(null)} />
    </PageFrame>
  );
}
