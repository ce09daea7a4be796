// What one may change of oneself; without the right it can only be read.
import { Loader, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useChangeMe } from '../../api/account';
import { useEntitySchema, type EntitySchema } from '../../api/openapi';
import { useRights } from '../../api/session';
import type { User } from '../../api/types';
import { EntityForm, Fields } from '../../forms/EntityForm';
import { fieldLabel, optionLabel } from '../../forms/texts';
import { useEntityForm } from '../../forms/useEntityForm';
import { notifyDone } from '../../shell/notify';

const FIELDS = ['first_name', 'last_name', 'email', 'language'];

function Facts({ me }: { me: User }) {
  const { t } = useTranslation();
  const rows: [string, string][] = [
    [fieldLabel('user', 'first_name'), me.first_name],
    [fieldLabel('user', 'last_name'), me.last_name],
    [fieldLabel('user', 'email'), me.email],
    [fieldLabel('user', 'language'), optionLabel('user', 'language', me.language)],
  ];
  return (
    <>
      <Text c="dimmed">{t('account.readOnly')}</Text>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value || '–'}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Form({ schema, me }: { schema: EntitySchema; me: User }) {
  const { t } = useTranslation();
  const change = useChangeMe();
  const save = async (values: Partial<User>) => {
    await change.mutateAsync(values);
    notifyDone(t('forms.saved'));
  };
  const form = useEntityForm({ entity: 'user', schema, stored: me, fields: FIELDS, save });
  return (
    <EntityForm form={form}>
      <Fields form={form} fields={FIELDS} />
    </EntityForm>
  );
}

export function OwnData({ me }: { me: User }) {
  const { t } = useTranslation();
  const schema = useEntitySchema('user', 'patch');
  const rights = useRights();
  if (!schema) return <Loader size="sm" />;
  return (
    <>
      <Text mb="md">{t('account.loginIs', { login: me.login, numbers: me.numbers.join(', ') || '–' })}</Text>
      {rights.has('setting') ? <Form schema={schema} me={me} /> : <Facts me={me} />}
    </>
  );
}
