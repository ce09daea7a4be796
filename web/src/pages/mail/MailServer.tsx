// How mail leaves: nobody needs to see the fields of another way than the chosen one.
import { Loader } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useEntitySchema, type EntitySchema } from '../../api/openapi';
import type { MailServer as Values } from '../../api/types';
import { EntityForm, Fields } from '../../forms/EntityForm';
import { FieldGroup } from '../../forms/FieldGroup';
import { useEntityForm } from '../../forms/useEntityForm';
import { notifyDone } from '../../shell/notify';
import classes from './mail.module.css';
import { MailTrial } from './MailTrial';

const SENDER = ['sender', 'sender_name', 'web_address'];
const SERVER = ['host', 'port', 'security', 'auth'];

function Form({ schema, stored }: { schema: EntitySchema; stored: Values }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const store = useMutation({
    mutationFn: (values: Record<string, unknown>) => api.patch<Values>('mail-server', values),
    onSuccess: (saved) => client.setQueryData(['mail-server'], saved),
  });
  const form = useEntityForm({
    entity: 'mail_server',
    schema,
    stored: stored as Record<string, unknown>,
    fields: Object.keys(schema.properties),
    save: async (values) => {
      await store.mutateAsync(values);
      notifyDone(t('forms.saved'));
    },
  });
  const delivery = form.value('delivery');
  const auth = form.value('auth');

  return (
    <EntityForm form={form}>
      <FieldGroup title={t('mail.group.delivery')}>
        <Fields form={form} fields={['delivery']} columns={1} />
      </FieldGroup>
      {delivery !== 'off' && (
        <FieldGroup title={t('mail.group.sender')}>
          <Fields form={form} fields={SENDER} />
        </FieldGroup>
      )}
      {delivery === 'server' && (
        <FieldGroup title={t('mail.group.server')}>
          <Fields form={form} fields={SERVER} />
          {auth !== 'none' && (
            <Fields form={form} fields={['username', 'password', ...(auth === 'pop' ? ['pop_host'] : [])]} />
          )}
        </FieldGroup>
      )}
    </EntityForm>
  );
}

export function MailServer() {
  const schema = useEntitySchema('mail_server', 'patch');
  const stored = useQuery({ queryKey: ['mail-server'], queryFn: ({ signal }) => api.get<Values>('mail-server', signal) });
  if (!schema || !stored.data) return <Loader m="xl" size="sm" />;
  return (
    <div className={classes.page}>
      <Form schema={schema} stored={stored.data} />
      {stored.data.delivery !== 'off' && <MailTrial />}
    </div>
  );
}
