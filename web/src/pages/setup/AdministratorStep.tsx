// Step 3: who may do everything else (INI-5).
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/error';
import { EntityForm, Fields } from '../../forms/EntityForm';
import type { Values } from '../../forms/schema';
import { useEntityForm } from '../../forms/useEntityForm';
import type { Range } from './DiallingStep';
import { SETUP_FIELDS, SETUP_SCHEMA } from './schema';

interface AdministratorStepProps {
  ranges: Range[];
  /** What was entered before one went back. */
  entered: Values;
  onBack: (entered: Values) => void;
  onFinish: (administrator: Values) => Promise<void>;
}

export function AdministratorStep({ ranges, entered, onBack, onFinish }: AdministratorStepProps) {
  const { t } = useTranslation();
  const save = async ({ password_again, ...values }: Values) => {
    if (password_again !== values.password) {
      const differ = { field: 'password_again', code: 'passwords_differ', message: '' };
      throw new ApiError(422, differ.code, '', [differ]);
    }
    await onFinish(values);
  };
  const form = useEntityForm({
    entity: 'setup',
    schema: SETUP_SCHEMA,
    stored: null,
    initial: { number: ranges[0]?.first ?? '', ...entered },
    fields: SETUP_FIELDS,
    save,
  });
  const back = () => onBack(Object.fromEntries(SETUP_FIELDS.map((field) => [field, form.value(field)])));
  return (
    <EntityForm form={form} submitText={t('setup.create')} onCancel={back} cancelText={t('setup.back')}>
      <Fields form={form} fields={['first_name', 'last_name']} />
      <Fields form={form} fields={['login', 'email']} />
      <Fields form={form} fields={['password', 'password_again']} />
      <Fields form={form} fields={['number']} columns={1} />
    </EntityForm>
  );
}
