// One conference: when and how, who is invited, single dates, and what goes on in it (CNF-1).
import { Alert, Button, Loader, Tabs, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams, useSearchParams } from 'react-router-dom';
import { pathOf, useConference, useConferenceStore, type ConferencesOf } from '../../api/conferences';
import { useEntitySchema, type EntitySchema } from '../../api/openapi';
import type { Conference } from '../../api/types';
import { useConfirm } from '../../forms/confirm';
import { EntityForm, Fields } from '../../forms/EntityForm';
import { FieldGroup } from '../../forms/FieldGroup';
import type { Values } from '../../forms/schema';
import { useEntityForm } from '../../forms/useEntityForm';
import { errorText, notifyDone, notifyError } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import { TabList } from '../../shell/TabList';
import { Dates } from './Dates';
import { LiveConference } from './LiveConference';
import { Participants } from './Participants';
import { seriesText } from './seriesText';

const WHEN = ['starts_at', 'length_min', 'time_zone', 'repeat'];
const SERIES = ['every', 'repeat_until'];
const ROOM = ['wait_for_moderator', 'mute_on_entry', 'may_record', 'show_participants', 'language'];
const HOUR_MS = 3_600_000;

function initially(): Values {
  const next = Math.ceil(Date.now() / HOUR_MS) * HOUR_MS;
  return { starts_at: new Date(next).toISOString(), time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
}

interface FormProps {
  whose: ConferencesOf;
  schema: EntitySchema;
  conference: Conference | null;
}

function ConferenceForm({ whose, schema, conference }: FormProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const store = useConferenceStore(whose);
  const [ask, question] = useConfirm();
  const fields = ['name', ...(whose === 'all' ? ['user'] : []), ...WHEN, ...SERIES, ...ROOM, 'message'];
  const save = async (values: Values, before: Values) => {
    const saved = await store.save.mutateAsync({ id: conference?.id ?? null, values, before });
    notifyDone(t('forms.saved'));
    if (!conference) navigate(`${pathOf(whose)}/${saved.id}?tab=participants`);
  };
  const form = useEntityForm({ entity: 'conference', schema, stored: conference as Values | null, initial: initially(), fields, save });
  const repeats = form.value('repeat') !== 'once' && form.value('repeat') !== undefined;
  const removeIt = async () => {
    if (!conference) return;
    const text = t('conferences.cancelQuestion', { name: conference.name });
    if (!(await ask({ title: t('conferences.cancelTitle'), text, confirm: t('conferences.cancelConfirm') }))) return;
    store.remove.mutate([conference.id], { onSuccess: () => navigate(pathOf(whose)), onError: notifyError });
  };
  return (
    <EntityForm
      form={form}
      extraActions={
        conference && (
          <Button variant="subtle" color="red" onClick={() => void removeIt()}>
            {t('conferences.cancelConfirm')}
          </Button>
        )
      }
    >
      <Fields form={form} fields={whose === 'all' ? ['name', 'user'] : ['name']} />
      <FieldGroup title={t('conferences.when')}>
        <Fields form={form} fields={repeats ? [...WHEN, ...SERIES] : WHEN} />
        {repeats && (
          <Text size="sm" mt="xs" c="dimmed" role="status">
            {seriesText(t, { repeat: String(form.value('repeat')), every: Number(form.value('every') ?? 1), repeat_until: String(form.value('repeat_until') ?? '') })}
          </Text>
        )}
      </FieldGroup>
      <FieldGroup title={t('conferences.room')}>
        <Fields form={form} fields={ROOM} />
      </FieldGroup>
      <FieldGroup title={t('conferences.invitationText')}>
        <Fields form={form} fields={['message']} columns={1} />
      </FieldGroup>
      {question}
    </EntityForm>
  );
}

function Pages({ whose, schema, conference }: FormProps) {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const repeats = conference && conference.repeat !== 'once';
  return (
    <Tabs className="panel" value={params.get('tab') ?? 'data'} onChange={(tab) => setParams({ tab: tab ?? '' }, { replace: true })} keepMounted={false}>
      <TabList
        tabs={[
          { id: 'data', text: t('conferences.tab.data') },
          ...(conference ? [{ id: 'participants', text: t('conferences.tab.participants') }] : []),
          ...(repeats ? [{ id: 'dates', text: t('conferences.tab.dates') }] : []),
          ...(conference ? [{ id: 'live', text: t('conferences.tab.live') }] : []),
        ]}
      />
      <Tabs.Panel value="data" p="md">
        <ConferenceForm whose={whose} schema={schema} conference={conference} />
      </Tabs.Panel>
      {conference && (
        <>
          <Tabs.Panel value="participants" p="md">
            <Participants whose={whose} conference={conference} />
          </Tabs.Panel>
          <Tabs.Panel value="dates" p="md">
            <Dates whose={whose} conference={conference} />
          </Tabs.Panel>
          <Tabs.Panel value="live" p="md">
            <LiveConference conference={conference} />
          </Tabs.Panel>
        </>
      )}
    </Tabs>
  );
}

/** Whose own it is has no owner to choose. */
export default function ConferenceEditor({ whose = 'own' }: { whose?: ConferencesOf }) {
  const { t } = useTranslation();
  const { id = 'new' } = useParams();
  const schema = useEntitySchema('conference', id === 'new' ? 'create' : 'patch');
  const { data, error } = useConference(whose, id === 'new' ? null : Number(id));
  const up = { to: pathOf(whose), text: t('conferences.title') };
  if (error) {
    return (
      <PageFrame title={t('conferences.one')} up={up}>
        <Alert color="red">{errorText(error)}</Alert>
      </PageFrame>
    );
  }
  if (!schema || (id !== 'new' && !data)) return <Loader m="xl" size="sm" />;
  return (
    <PageFrame title={data?.name ?? t('conferences.add')} up={up}>
      <Pages key={id} whose={whose} schema={schema} conference={data ?? null} />
    </PageFrame>
  );
}
