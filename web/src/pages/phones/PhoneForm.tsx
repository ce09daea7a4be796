import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router-dom';
import { useSave } from '../../api/collections';
import type { EntitySchema } from '../../api/openapi';
import type { Phone } from '../../api/types';
import { EntityForm, Fields } from '../../forms/EntityForm';
import type { Values } from '../../forms/schema';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { useEntityForm } from '../../forms/useEntityForm';
import { notifyDone } from '../../shell/notify';

const IDENTITY = ['name', 'type', 'auth'];
const BY_PASSWORD = ['secret', 'max_contacts'];
const BY_ADDRESS = ['host', 'port', 'transport'];
const BEHAVIOUR = ['qualify_s'];
const STATE = ['enabled'];
const FIELDS = [...IDENTITY, ...BY_PASSWORD, ...BY_ADDRESS, ...BEHAVIOUR, ...STATE];

interface PhoneFormProps {
  schema: EntitySchema;
  phone: Phone | null;
}

export function PhoneForm({ schema, phone }: PhoneFormProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const store = useSave<Phone>('phones');
  const [remove, dialogue] = useConfirmedRemove('phones');

  const save = async (values: Values) => {
    const saved = await store.mutateAsync({ id: phone?.id ?? null, values });
    notifyDone(t('forms.saved'));
    if (!phone) navigate(`/phones/${saved.id}?tab=sip`);
  };
  const form = useEntityForm({ entity: 'phone', schema, stored: phone, fields: FIELDS, save });
  const ways = form.value('auth') === 'address' ? BY_ADDRESS : BY_PASSWORD;

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
      <Fields form={form} fields={[...IDENTITY, ...ways, ...BEHAVIOUR]} />
      <Fields form={form} fields={STATE} />
      {dialogue}
    </EntityForm>
  );
}
