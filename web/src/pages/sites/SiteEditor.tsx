// One site: its address, which phones are there, and the lines its emergency calls take.
import { Badge, Button, Loader, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router-dom';
import { useItem, useSave } from '../../api/collections';
import { useEntitySchema, type EntitySchema } from '../../api/openapi';
import { useLines } from '../../api/routing';
import type { Site } from '../../api/types';
import { EntityForm, Fields } from '../../forms/EntityForm';
import { FieldGroup } from '../../forms/FieldGroup';
import type { Values } from '../../forms/schema';
import { TwoLists } from '../../forms/TwoLists';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { useEntityForm } from '../../forms/useEntityForm';
import { notifyDone, notifyError } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import { State } from '../../table/State';

const NAME = ['name'];
const ADDRESS = ['street', 'house_number', 'postal_code', 'city', 'state', 'country', 'occupant', 'floor', 'room'];
const PHONES = ['networks', 'is_default'];
const FIELDS = [...NAME, ...ADDRESS, ...PHONES];

function Data({ schema, site }: { schema: EntitySchema; site: Site | null }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const store = useSave<Site>('sites');
  const [remove, dialogue] = useConfirmedRemove('sites');
  const save = async (values: Values, before: Values) => {
    const saved = await store.mutateAsync({ id: site?.id ?? null, values, before });
    notifyDone(t('forms.saved'));
    if (!site) navigate(`/sites/${saved.id}`, { replace: true });
  };
  const form = useEntityForm({ entity: 'site', schema, stored: site, fields: FIELDS, save });
  const removeIt = async () => {
    if (site && (await remove([site]))) navigate('/sites');
  };
  return (
    <EntityForm
      form={form}
      extraActions={
        site && (
          <Button variant="subtle" color="red" onClick={() => void removeIt()}>
            {t('forms.removeConfirm')}
          </Button>
        )
      }
    >
      <Fields form={form} fields={NAME} />
      <FieldGroup title={t('routing.site.address')}>
        <Fields form={form} fields={ADDRESS} />
      </FieldGroup>
      <FieldGroup title={t('routing.site.phonesHere')}>
        <Fields form={form} fields={PHONES} />
      </FieldGroup>
      {dialogue}
    </EntityForm>
  );
}

function Lines({ site }: { site: Site }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const store = useSave<Site>('sites');
  const all = useLines().data?.items ?? [];
  const names = new Map(all.map(({ id, name }) => [id, name]));
  const free = all.filter(({ id, name }) => !site.lines.includes(id) && name.toLowerCase().includes(search.trim().toLowerCase()));

  const put = (lines: number[]) => void store.mutateAsync({ id: site.id, values: { lines }, before: { lines: site.lines } }).catch(notifyError);
  const without = (line: number) => site.lines.filter((one) => one !== line);
  const at = (line: number, place: number) => put([...without(line).slice(0, place - 1), line, ...without(line).slice(place - 1)]);
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t('routing.site.linesIntro')}
      </Text>
      <TwoLists
        titles={{ chosen: t('routing.site.lines'), free: t('routing.site.others') }}
        chosen={site.lines.map((id) => ({ id, name: names.get(id) ?? `#${id}`, to: `/lines/${id}` }))}
        free={free.map(({ id, name }) => ({ id, name, to: `/lines/${id}` }))}
        more={false}
        search={search}
        onSearch={setSearch}
        onPut={(line, place) => at(line, place ?? site.lines.length + 1)}
        onTakeOut={(line) => put(without(line))}
        onMove={at}
      />
    </Stack>
  );
}

export default function SiteEditor() {
  const { t } = useTranslation();
  const { id = 'new' } = useParams();
  const schema = useEntitySchema('site', id === 'new' ? 'create' : 'patch');
  const { data: site, ...query } = useItem<Site>('sites', id === 'new' ? null : Number(id));

  const up = { to: '/sites', text: t('routing.site.title') };
  if (query.isError) {
    const data = { rows: [], total: 0, first: 1, loading: false, error: query.error, retry: () => void query.refetch() };
    return (
      <PageFrame title={t('routing.site.one')} up={up}>
        <State data={data} narrowed={false} onWiden={() => undefined} />
      </PageFrame>
    );
  }
  if (!schema || (id !== 'new' && !site)) return <Loader m="xl" size="sm" />;
  return (
    <PageFrame title={site?.name ?? t('routing.site.new')} up={up} badge={site?.is_default && <Badge>{t('routing.site.isDefault')}</Badge>}>
      <Stack className="panel" p="md" gap="lg">
        <Data key={id} schema={schema} site={site ?? null} />
        {site && <Lines site={site} />}
      </Stack>
    </PageFrame>
  );
}
