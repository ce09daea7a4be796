// All mailboxes (VMB-1).
import { Badge, Button, Group } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router-dom';
import type { Found, Mailbox } from '../../api/types';
import { BulkButton } from '../../forms/bulk/BulkButton';
import { BulkDialogue } from '../../forms/bulk/BulkDialogue';
import { Icon } from '../../shell/icons';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';
import { OF_SEVERAL } from './fields';
import { useRemoveMailboxes } from './useRemoveMailboxes';

export default function Mailboxes() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [view, setView] = useTableView('mailboxes', { sort: 'name' });
  const data = useServerTable<Mailbox>('mailboxes', view);
  const [remove, dialogue] = useRemoveMailboxes();
  const [editing, setEditing] = useState<{ items: Mailbox[]; found: Found | null } | null>(null);

  const columns = useMemo<Column<Mailbox>[]>(
    () => [
      { id: 'name', text: 'mailboxes.column.name', sortable: true, cell: ({ id, name }) => <Link to={`/mailboxes/${id}`}>{name}</Link> },
      { id: 'code', text: 'mailboxes.column.code', sortable: true, cell: ({ code }) => code },
      {
        id: 'messages',
        text: 'mailboxes.column.messages',
        sortable: true,
        numeric: true,
        cell: ({ messages, messages_new }) => (
          <Group gap={6} wrap="nowrap" justify="flex-end">
            {messages_new > 0 && <Badge color="brass">{t('mailboxes.new', { count: messages_new })}</Badge>}
            {messages}
          </Group>
        ),
      },
      { id: 'records', text: 'mailboxes.column.records', cell: ({ records }) => !records && <Badge color="gray">{t('mailboxes.announcesOnly')}</Badge> },
      { id: 'has_pin', text: 'mailboxes.column.pin', extra: true, cell: ({ has_pin }) => has_pin && t('mailboxes.hasPin') },
    ],
    [t],
  );

  return (
    <PageFrame
      title={t('mailboxes.title')}
      actions={
        <Button component={Link} to="/mailboxes/new" leftSection={<Icon name="plus" size={14} />}>
          {t('mailboxes.add')}
        </Button>
      }
    >
      <DataTable
        id="mailboxes"
        label={t('mailboxes.title')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={({ id }) => id}
        letters
        empty={t('mailboxes.none')}
        onOpen={({ id }) => navigate(`/mailboxes/${id}`)}
        onRemove={remove}
        pickedActions={(boxes, found) => <BulkButton count={found?.total ?? boxes.length} onClick={() => setEditing({ items: boxes, found })} />}
        allFound
      />
      {dialogue}
      {editing && <BulkDialogue entity="mailbox" collection="mailboxes" fields={OF_SEVERAL} {...editing} nameOf={({ name }) => name} onClose={() => setEditing(null)} />}
    </PageFrame>
  );
}
