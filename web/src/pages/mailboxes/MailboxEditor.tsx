// One mailbox: what it does, who has access to it, and the numbers that lead to it (VMB-1, VMB-2, NUM-1).
import { Button, Group, Loader, Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams, useSearchParams } from 'react-router-dom';
import { useItem, useSave } from '../../api/collections';
import { useEntitySchema, type EntitySchema } from '../../api/openapi';
import type { Mailbox } from '../../api/types';
import { EntityForm, Fields } from '../../forms/EntityForm';
import { FieldGroup } from '../../forms/FieldGroup';
import type { Values } from '../../forms/schema';
import { useEntityForm } from '../../forms/useEntityForm';
import { notifyDone } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import { TabList } from '../../shell/TabList';
import { RecordGreeting } from '../../sound/RecordGreeting';
import { State } from '../../table/State';
import { HeldNumbers } from '../numbers/HeldNumbers';
import { Access } from './Access';
import { ALL, GREETINGS, NAME, RECORDING } from './fields';
import { useRemoveMailboxes } from './useRemoveMailboxes';

function MailboxForm({ schema, mailbox }: { schema: EntitySchema; mailbox: Mailbox | null }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const store = useSave<Mailbox>('mailboxes');
  const [remove, dialogue] = useRemoveMailboxes();

  const save = async (values: Values, before: Values) => {
    const saved = await store.mutateAsync({ id: mailbox?.id ?? null, values, before });
    notifyDone(t('forms.saved'));
    if (!mailbox) navigate(`/mailboxes/${saved.id}?tab=access`);
  };
  const form = useEntityForm({ entity: 'mailbox', schema, stored: mailbox, fields: ALL, save });
  const removeIt = async () => {
    if (mailbox && (await remove([mailbox]))) navigate('/mailboxes');
  };

  return (
    <Tabs className="panel" value={params.get('tab') ?? 'data'} onChange={(tab) => setParams({ tab: tab ?? '' }, { replace: true })} keepMounted={false}>
      <TabList
        tabs={[
          { id: 'data', text: t('mailboxes.tab.data'), wrong: ALL.some((field) => form.error(field)) },
          ...(mailbox
            ? [
                { id: 'access', text: t('mailboxes.tab.access') },
                { id: 'numbers', text: t('mailboxes.tab.numbers') },
              ]
            : []),
        ]}
      />
      <Tabs.Panel value="data" p="md">
        <EntityForm
          form={form}
          extraActions={
            mailbox && (
              <Button variant="subtle" color="red" onClick={() => void removeIt()}>
                {t('forms.removeConfirm')}
              </Button>
            )
          }
        >
          <Fields form={form} fields={NAME} />
          <FieldGroup title={t('mailboxes.recording')}>
            <Fields form={form} fields={form.value('records') ? RECORDING : ['records']} />
          </FieldGroup>
          <FieldGroup title={t('mailboxes.greetings')}>
            <Fields form={form} fields={GREETINGS} />
            {mailbox && (
              <Group mt="sm">
                <RecordGreeting mailbox={mailbox} list="mailboxes" />
              </Group>
            )}
          </FieldGroup>
        </EntityForm>
      </Tabs.Panel>
      {mailbox && (
        <Tabs.Panel value="access" p="md">
          <Access mailbox={mailbox} />
        </Tabs.Panel>
      )}
      {mailbox && (
        <Tabs.Panel value="numbers" p="md">
          <HeldNumbers numbers={mailbox.numbers} holder={{ kind: 'mailbox', id: mailbox.id }} />
        </Tabs.Panel>
      )}
      {dialogue}
    </Tabs>
  );
}

export default function MailboxEditor() {
  const { t } = useTranslation();
  const { id = 'new' } = useParams();
  const schema = useEntitySchema('mailbox', id === 'new' ? 'create' : 'patch');
  const mailbox = useItem<Mailbox>('mailboxes', id === 'new' ? null : Number(id));

  const up = { to: '/mailboxes', text: t('mailboxes.title') };
  if (mailbox.isError) {
    const data = { rows: [], total: 0, first: 1, loading: false, error: mailbox.error, retry: () => void mailbox.refetch() };
    return (
      <PageFrame title={t('mailboxes.one')} up={up}>
        <State data={data} narrowed={false} onWiden={() => undefined} />
      </PageFrame>
    );
  }
  if (!schema || (id !== 'new' && !mailbox.data)) return <Loader m="xl" size="sm" />;
  return (
    <PageFrame title={mailbox.data?.name ?? t('mailboxes.add')} up={up}>
      <MailboxForm key={id} schema={schema} mailbox={mailbox.data ?? null} />
    </PageFrame>
  );
}
