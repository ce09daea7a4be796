// Time frames: days of the week and a time of day.
import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TimeFrame } from '../../api/types';
import { EntityDialogue } from '../../forms/EntityDialogue';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { Icon } from '../../shell/icons';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';
import { daysText } from './frameText';

export function FrameTable() {
  const { t } = useTranslation();
  const [view, setView] = useTableView('time-frames', { sort: 'name' });
  const data = useServerTable<TimeFrame>('time-frames', view);
  const [edited, setEdited] = useState<TimeFrame | 'new' | null>(null);
  const [remove, dialogue] = useConfirmedRemove('time-frames');

  const columns = useMemo<Column<TimeFrame>[]>(
    () => [
      { id: 'name', text: 'routing.frames.column.name', sortable: true, cell: ({ name }) => <strong>{name}</strong> },
      { id: 'days', text: 'routing.frames.column.days', cell: (frame) => daysText(t, frame) },
      { id: 'from', text: 'routing.frames.column.from', sortable: true, cell: ({ from }) => from },
      { id: 'to', text: 'routing.frames.column.to', sortable: true, cell: ({ to }) => to },
    ],
    [t],
  );

  return (
    <>
      <DataTable
        id="time-frames"
        label={t('routing.tab.frames')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={(frame) => frame.id}
        filters={
          <Button leftSection={<Icon name="plus" size={14} />} onClick={() => setEdited('new')}>
            {t('routing.frames.new')}
          </Button>
        }
        empty={t('routing.frames.none')}
        onOpen={setEdited}
        onRemove={remove}
      />
      {edited && (
        <EntityDialogue
          entity="time_frame"
          collection="time-frames"
          fields={['name', 'days', 'from', 'to']}
          title={edited === 'new' ? t('routing.frames.new') : t('routing.frames.one')}
          item={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
        />
      )}
      {dialogue}
    </>
  );
}
