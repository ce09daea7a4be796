// First start: makes the administrator, who is then logged in (INI-5).
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/error';
import { useSetup } from '../../api/session';
import { EntityForm, Fields } from '../../forms/EntityForm';
import type { Values } from '../../forms/schema';
import { useEntityForm } from '../../forms/useEntityForm';
import { Door } from '../../shell/Door';
import { SETUP_FIELDS, SETUP_SCHEMA } from './schema';

export default function Setup() {
  const { t, i18n } = useTranslation();
  const setup = useSetup();

  const save = async ({ password_again, ...values }: Values) => {
    if (password_again !== values.password) {
      const differ = { field: 'password_again', code: 'passwords_differ', message: '' };
      throw new ApiError(422, differ.code, '', [differ]);
    }
    await setup.mutateAsync({ ...values, language: i18n.language });
  };
  const form = useEntityForm({ entity: 'setup', schema: SETUP_SCHEMA, stored: null, fields: SETUP_FIELDS, save });

  return (
    <Door title={t('setup.title')}>
      <Text mb="md" c="dimmed" size="sm">
        {t('setup.intro')}
      </Text>
      <EntityForm form={form} submitText={t('setup.create')}>
        <Fields form={form} fields={['first_name', 'last_name']} />
        <Fields form={form} fields={['login', 'email']} />
        <Fields form={form} fields={['password', 'password_again']} />
        <Fields form={form} fields={['number']} columns={1} />
      </EntityForm>
    </Door>
  );
}
