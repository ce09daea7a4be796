// All conference rooms (CNF-3).
import { Badge, Button, Group } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router-dom';
import type { ConferenceRoom, Found } from '../../api/types';
import { BulkButton } from '../../forms/bulk/BulkButton';
import { BulkDialogue } from '../../forms/bulk/BulkDialogue';
import { Icon } from '../../shell/icons';
import { PageFrame } from '../../shell/PageFrame';
import { DataTable } from '../../table/DataTable';
import type { Column } from '../../table/types';
import { useServerTable } from '../../table/useServerTable';
import { useTableView } from '../../table/useTableView';
import { OF_SEVERAL } from './fields';
import { useRemoveRooms } from './useRemoveRooms';

export default function ConferenceRooms() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [view, setView] = useTableView('conference-rooms', { sort: 'name' });
  const data = useServerTable<ConferenceRoom>('conference-rooms', view);
  const [remove, dialogue] = useRemoveRooms();
  const [editing, setEditing] = useState<{ items: ConferenceRoom[]; found: Found | null } | null>(null);

  const columns = useMemo<Column<ConferenceRoom>[]>(
    () => [
      { id: 'name', text: 'conferenceRooms.column.name', sortable: true, cell: ({ id, name }) => <Link to={`/conference-rooms/${id}`}>{name}</Link> },
      { id: 'numbers', text: 'conferenceRooms.column.numbers', sortable: true, cell: ({ numbers }) => numbers.join(', ') },
      {
        id: 'has_pin',
        text: 'conferenceRooms.column.access',
        cell: ({ has_pin, has_moderator_pin, mailbox }) => (
          <Group gap={6}>
            {has_pin && <Badge color="brass">{t('conferenceRooms.withPin')}</Badge>}
            {has_moderator_pin && <Badge color="petrol">{t('conferenceRooms.withModerator')}</Badge>}
            {mailbox && <Badge color="gray">{t('conferenceRooms.recorded')}</Badge>}
          </Group>
        ),
      },
      { id: 'max_members', text: 'conferenceRooms.column.members', sortable: true, numeric: true, extra: true, cell: ({ max_members }) => max_members },
    ],
    [t],
  );

  return (
    <PageFrame
      title={t('conferenceRooms.title')}
      actions={
        <Button component={Link} to="/conference-rooms/new" leftSection={<Icon name="plus" size={14} />}>
          {t('conferenceRooms.add')}
        </Button>
      }
    >
      <DataTable
        id="conference-rooms"
        label={t('conferenceRooms.title')}
        columns={columns}
        data={data}
        view={view}
        onView={setView}
        rowId={({ id }) => id}
        letters
        empty={t('conferenceRooms.none')}
        onOpen={({ id }) => navigate(`/conference-rooms/${id}`)}
        onRemove={remove}
        pickedActions={(rooms, found) => <BulkButton count={found?.total ?? rooms.length} onClick={() => setEditing({ items: rooms, found })} />}
        allFound
      />
      {dialogue}
      {editing && <BulkDialogue entity="conference_room" collection="conference-rooms" fields={OF_SEVERAL} {...editing} nameOf={({ name }) => name} onClose={() => setEditing(null)} />}
    </PageFrame>
  );
}
