// What waits, what has been sent, and what could not be.
import { Badge, Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { invalidateEntity } from '../../api/related';
import type { MailItem } from '../../api/types';
import { optionLabel } from '../../forms/texts';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { dateTime } from '../../i18n/format';
import { notifyDone, notifyError } from '../../shell/notify';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';

const COLORS: Record<string, string> = { sent: 'petrol', failed: 'red', unsure: 'red' };
const RETRIED = new Set(['waiting', 'failed', 'unsure']);

export function MailQueue() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [view, setView] = useTableView('mails', { sort: 'created_at', order: 'desc' });
  const data = useServerTable<MailItem>('mails', view);
  const [remove, dialogue] = useConfirmedRemove('mails');
  const retry = useMutation({
    mutationFn: async (mails: MailItem[]) => {
      for (const { id } of mails) await api.post(`mails/${id}/retry`, {});
    },
    onSuccess: () => notifyDone(t('mail.queue.retried')),
    onError: notifyError,
    onSettled: () => invalidateEntity(client, 'mail'),
  });

  const columns = useMemo<Column<MailItem>[]>(
    () => [
      {
        id: 'state',
        text: 'mail.column.state',
        sortable: true,
        cell: ({ state }) => <Badge color={COLORS[state] ?? 'brass'}>{optionLabel('mail', 'state', state)}</Badge>,
      },
      {
        id: 'recipient',
        text: 'mail.column.recipient',
        sortable: true,
        cell: ({ recipient, recipient_name: name }) => (name ? `${name} <${recipient}>` : recipient),
      },
      { id: 'subject', text: 'mail.column.subject', sortable: true, cell: ({ subject }) => subject },
      { id: 'created_at', text: 'mail.column.created', sortable: true, cell: ({ created_at }) => created_at && dateTime(created_at) },
      {
        id: 'next_at',
        text: 'mail.column.next',
        sortable: true,
        cell: ({ state, next_at }) => (state === 'waiting' && next_at ? dateTime(next_at) : ''),
      },
      { id: 'attempts', text: 'mail.column.attempts', sortable: true, numeric: true, cell: ({ attempts }) => attempts },
      { id: 'answer', text: 'mail.column.answer', cell: ({ answer }) => answer },
    ],
    [],
  );

  return (
    <>
      <DataTable
        id="mails"
        label={t('mail.tab.queue')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(mail) => mail.id}
        empty={t('mail.queue.none')}
        onRemove={(mails) => remove(mails.map(({ id, subject, recipient }) => ({ id, name: `${subject} (${recipient})` })))}
        pickedActions={(mails) => (
          <Button
            variant="default"
            size="compact-sm"
            loading={retry.isPending}
            disabled={!mails.every(({ state }) => RETRIED.has(state))}
            onClick={() => retry.mutate(mails)}
          >
            {t('mail.queue.retry')}
          </Button>
        )}
      />
      {dialogue}
    </>
  );
}
