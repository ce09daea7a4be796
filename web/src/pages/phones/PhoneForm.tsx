import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router-dom';
import { useSave } from '../../api/collections';
import type { EntitySchema } from '../../api/openapi';
import type { Phone } from '../../api/types';
import { EntityForm, Fields } from '../../forms/EntityForm';
import { FieldGroup } from '../../forms/FieldGroup';
import type { Values } from '../../forms/schema';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { useEntityForm } from '../../forms/useEntityForm';
import { notifyDone } from '../../shell/notify';
import { SecretField } from './SecretField';

const IDENTITY = ['name', 'type', 'auth'];
const SECRET = ['secret'];
const BY_PASSWORD = ['digest', 'max_contacts'];
const BY_ADDRESS = ['host', 'port', 'transport'];
const NETWORK = ['nat', 'qualify_s', 'permit', 'deny', 'tls_required'];
const VOICE = ['codecs', 'srtp', 'dtmf', 'direct_media'];
const STATE = ['enabled'];
const FIELDS = [...IDENTITY, ...SECRET, ...BY_PASSWORD, ...BY_ADDRESS, ...NETWORK, ...VOICE, ...STATE];

interface PhoneFormProps {
  schema: EntitySchema;
  phone: Phone | null;
}

export function PhoneForm({ schema, phone }: PhoneFormProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const store = useSave<Phone>('phones');
  const [remove, dialogue] = useConfirmedRemove('phones');

  const save = async (values: Values, before: Values) => {
    const saved = await store.mutateAsync({ id: phone?.id ?? null, values, before });
    notifyDone(t('forms.saved'));
    if (!phone) navigate(`/phones/${saved.id}?tab=sip`);
  };
  const form = useEntityForm({ entity: 'phone', schema, stored: phone, fields: FIELDS, save });
  const byAddress = form.value('auth') === 'address';

  const removePhone = async () => {
    if (phone && (await remove([phone]))) navigate('/phones');
  };

  return (
    <EntityForm
      form={form}
      extraActions={
        phone && (
          <Button variant="subtle" color="red" onClick={() => void removePhone()}>
            {t('forms.removeConfirm')}
          </Button>
        )
      }
    >
      <FieldGroup title={t('phones.group.identity')}>
        <Fields form={form} fields={IDENTITY} />
      </FieldGroup>
      {byAddress ? (
        <FieldGroup title={t('phones.group.login')}>
          <Fields form={form} fields={BY_ADDRESS} />
        </FieldGroup>
      ) : (
        <FieldGroup title={t('phones.group.login')}>
          <SecretField form={form} />
          <Fields form={form} fields={BY_PASSWORD} />
        </FieldGroup>
      )}
      <FieldGroup title={t('phones.group.network')}>
        <Fields form={form} fields={NETWORK} />
      </FieldGroup>
      <FieldGroup title={t('phones.group.voice')}>
        <Fields form={form} fields={VOICE} />
      </FieldGroup>
      <Fields form={form} fields={STATE} />
      {dialogue}
    </EntityForm>
  );
}
