// One conference room: who comes in how, and the numbers that lead there (CNF-3).
import { Button, Loader, Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams, useSearchParams } from 'react-router-dom';
import { useItem, useSave } from '../../api/collections';
import { useEntitySchema, type EntitySchema } from '../../api/openapi';
import type { ConferenceRoom } from '../../api/types';
import { EntityForm, Fields } from '../../forms/EntityForm';
import { FieldGroup } from '../../forms/FieldGroup';
import type { Values } from '../../forms/schema';
import { useEntityForm } from '../../forms/useEntityForm';
import { notifyDone } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import { TabList } from '../../shell/TabList';
import { State } from '../../table/State';
import { LiveConferences } from '../live-conferences/LiveConferences';
import { HeldNumbers } from '../numbers/HeldNumbers';
import { ALL, ENTERING, NAME, TALKING } from './fields';
import { useRemoveRooms } from './useRemoveRooms';

function ConferenceRoomForm({ schema, room }: { schema: EntitySchema; room: ConferenceRoom | null }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const store = useSave<ConferenceRoom>('conference-rooms');
  const [remove, dialogue] = useRemoveRooms();

  const save = async (values: Values, before: Values) => {
    const saved = await store.mutateAsync({ id: room?.id ?? null, values, before });
    notifyDone(t('forms.saved'));
    if (!room) navigate(`/conference-rooms/${saved.id}?tab=numbers`);
  };
  const form = useEntityForm({ entity: 'conference_room', schema, stored: room, fields: ALL, save });
  const removeIt = async () => {
    if (room && (await remove([room]))) navigate('/conference-rooms');
  };

  return (
    <Tabs className="panel" value={params.get('tab') ?? 'data'} onChange={(tab) => setParams({ tab: tab ?? '' }, { replace: true })} keepMounted={false}>
      <TabList
        tabs={[
          { id: 'data', text: t('conferenceRooms.tab.data'), wrong: ALL.some((field) => form.error(field)) },
          ...(room ? [{ id: 'numbers', text: t('conferenceRooms.tab.numbers') }] : []),
        ]}
      />
      <Tabs.Panel value="data" p="md">
        <EntityForm
          form={form}
          extraActions={
            room && (
              <Button variant="subtle" color="red" onClick={() => void removeIt()}>
                {t('forms.removeConfirm')}
              </Button>
            )
          }
        >
          <Fields form={form} fields={NAME} />
          <FieldGroup title={t('conferenceRooms.entering')}>
            <Fields form={form} fields={ENTERING} />
          </FieldGroup>
          <FieldGroup title={t('conferenceRooms.talking')}>
            <Fields form={form} fields={TALKING} />
          </FieldGroup>
        </EntityForm>
      </Tabs.Panel>
      {room && (
        <Tabs.Panel value="numbers" p="md">
          <HeldNumbers numbers={room.numbers} holder={{ kind: 'conference_room', id: room.id }} />
        </Tabs.Panel>
      )}
      {dialogue}
    </Tabs>
  );
}

export default function ConferenceRoomEditor() {
  const { t } = useTranslation();
  const { id = 'new' } = useParams();
  const schema = useEntitySchema('conference_room', id === 'new' ? 'create' : 'patch');
  const room = useItem<ConferenceRoom>('conference-rooms', id === 'new' ? null : Number(id));

  const up = { to: '/conference-rooms', text: t('conferenceRooms.title') };
  if (room.isError) {
    const data = { rows: [], total: 0, first: 1, loading: false, error: room.error, retry: () => void room.refetch() };
    return (
      <PageFrame title={t('conferenceRooms.one')} up={up}>
        <State data={data} narrowed={false} onWiden={() => undefined} />
      </PageFrame>
    );
  }
  if (!schema || (id !== 'new' && !room.data)) return <Loader m="xl" size="sm" />;
  return (
    <PageFrame title={room.data?.name ?? t('conferenceRooms.add')} up={up}>
      {room.data && <LiveConferences room={room.data.id} />}
      <ConferenceRoomForm key={id} schema={schema} room={room.data ?? null} />
    </PageFrame>
  );
}
