// One emergency number, and the lines its calls take, in order.
import { Button, Loader, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router-dom';
import { useItem, useSave } from '../../api/collections';
import { useEntitySchema, type EntitySchema } from '../../api/openapi';
import { useLines } from '../../api/routing';
import type { EmergencyNumber } from '../../api/types';
import { EntityForm, Fields } from '../../forms/EntityForm';
import type { Values } from '../../forms/schema';
import { TwoLists } from '../../forms/TwoLists';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { useEntityForm } from '../../forms/useEntityForm';
import { notifyDone, notifyError } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import { State } from '../../table/State';

const FIELDS = ['number', 'name'];

function Data({ schema, item }: { schema: EntitySchema; item: EmergencyNumber | null }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const store = useSave<EmergencyNumber>('emergency-numbers');
  const [remove, dialogue] = useConfirmedRemove('emergency-numbers');
  const save = async (values: Values, before: Values) => {
    const saved = await store.mutateAsync({ id: item?.id ?? null, values, before });
    notifyDone(t('forms.saved'));
    if (!item) navigate(`/emergency-numbers/${saved.id}`, { replace: true });
  };
  const form = useEntityForm({ entity: 'emergency_number', schema, stored: item, fields: FIELDS, save });
  const removeIt = async () => {
    if (item && (await remove([{ id: item.id, name: `${item.number} ${item.name}` }]))) navigate('/emergency-numbers');
  };
  return (
    <EntityForm
      form={form}
      extraActions={
        item && (
          <Button variant="subtle" color="red" onClick={() => void removeIt()}>
            {t('forms.removeConfirm')}
          </Button>
        )
      }
    >
      <Fields form={form} fields={FIELDS} />
      {dialogue}
    </EntityForm>
  );
}

function Lines({ item }: { item: EmergencyNumber }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const store = useSave<EmergencyNumber>('emergency-numbers');
  const all = useLines().data?.items ?? [];
  const names = new Map(all.map(({ id, name }) => [id, name]));
  const free = all.filter(({ id, name }) => !item.lines.includes(id) && name.toLowerCase().includes(search.trim().toLowerCase()));

  const put = (lines: number[]) => void store.mutateAsync({ id: item.id, values: { lines }, before: { lines: item.lines } }).catch(notifyError);
  const without = (line: number) => item.lines.filter((one) => one !== line);
  const at = (line: number, place: number) => put([...without(line).slice(0, place - 1), line, ...without(line).slice(place - 1)]);
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t('routing.emergency.intro')}
      </Text>
      <TwoLists
        titles={{ chosen: t('routing.emergency.lines'), free: t('routing.emergency.others') }}
        chosen={item.lines.map((id) => ({ id, name: names.get(id) ?? `#${id}`, to: `/lines/${id}` }))}
        free={free.map(({ id, name }) => ({ id, name, to: `/lines/${id}` }))}
        more={false}
        search={search}
        onSearch={setSearch}
        onPut={(line, place) => at(line, place ?? item.lines.length + 1)}
        onTakeOut={(line) => put(without(line))}
        onMove={at}
      />
    </Stack>
  );
}

export default function EmergencyEditor() {
  const { t } = useTranslation();
  const { id = 'new' } = useParams();
  const schema = useEntitySchema('emergency_number', id === 'new' ? 'create' : 'patch');
  const { data: item, ...query } = useItem<EmergencyNumber>('emergency-numbers', id === 'new' ? null : Number(id));

  const up = { to: '/emergency-numbers', text: t('routing.emergency.title') };
  if (query.isError) {
    const data = { rows: [], total: 0, first: 1, loading: false, error: query.error, retry: () => void query.refetch() };
    return (
      <PageFrame title={t('routing.emergency.one')} up={up}>
        <State data={data} narrowed={false} onWiden={() => undefined} />
      </PageFrame>
    );
  }
  if (!schema || (id !== 'new' && !item)) return <Loader m="xl" size="sm" />;
  return (
    <PageFrame title={item ? `${item.number} ${item.name}` : t('routing.emergency.new')} up={up}>
      <Stack className="panel" p="md" gap="lg">
        <Data key={id} schema={schema} item={item ?? null} />
        {item && <Lines item={item} />}
      </Stack>
    </PageFrame>
  );
}
