// What the system found out by itself and people should know.
import { Badge, Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { invalidateEntity } from '../../api/related';
import type { Notice } from '../../api/types';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { dateTime } from '../../i18n/format';
import { notifyError } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';

/** In the language of the page; the server's own sentence where it knows a notice that this page does not. */
function noticeText(t: TFunction, { code, args, text }: Notice): string {
  const words: Record<string, string> = {};
  args.forEach((arg, index) => (words[index] = t(`notices.fragment.${arg}`, { defaultValue: arg })));
  return t(`notices.code.${code}`, { ...words, defaultValue: text });
}

function useMarkSeen() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (notices: Notice[]) => {
      for (const { id, seen } of notices) if (!seen) await api.patch(`notices/${id}`, { seen: true });
    },
    onError: notifyError,
    onSettled: () => invalidateEntity(client, 'notice'),
  });
}

export default function Notices() {
  const { t } = useTranslation();
  const [view, setView] = useTableView('notices', { sort: 'created_at', order: 'desc' });
  const data = useServerTable<Notice>('notices', view);
  const [remove, dialogue] = useConfirmedRemove('notices');
  const mark = useMarkSeen();

  const columns = useMemo<Column<Notice>[]>(
    () => [
      { id: 'seen', text: 'notices.column.state', cell: ({ seen }) => !seen && <Badge color="brass">{t('notices.new')}</Badge> },
      { id: 'text', text: 'notices.column.text', cell: (notice) => noticeText(t, notice) },
      { id: 'created_at', text: 'notices.column.created', sortable: true, cell: ({ created_at }) => created_at && dateTime(created_at) },
    ],
    [t],
  );

  return (
    <PageFrame
      title={t('notices.title')}
      actions={
        <Button
          variant="default"
          loading={mark.isPending}
          disabled={data.rows.every(({ seen }) => seen)}
          onClick={() => mark.mutate(data.rows)}
        >
          {t('notices.markAll')}
        </Button>
      }
    >
      <DataTable
        id="notices"
        label={t('notices.title')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(notice) => notice.id}
        empty={t('notices.none')}
        onOpen={(notice) => mark.mutate([notice])}
        onRemove={(notices) => remove(notices.map((notice) => ({ id: notice.id, name: noticeText(t, notice) })))}
      />
      {dialogue}
    </PageFrame>
  );
}
