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

const IDENTITY = ['name', 'type', 'auth', 'secret', 'host', 'port'];
const BEHAVIOUR = ['transport', 'max_contacts', 'qualify_s'];
const STATE = ['enabled'];

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
  const fields = [...IDENTITY, ...BEHAVIOUR, ...STATE];
  const form = useEntityForm({ entity: 'phone', schema, stored: phone, fields, save });
  const byAddress = form.value('auth') === 'address';
  const identity = IDENTITY.filter((field) => (byAddress ? field !== 'secret' : field !== 'host' && field !== 'port'));

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
      <Fields form={form} fields={identity} />
      <Fields form={form} fields={BEHAVIOUR} columns={3} />
      <Fields form={form} fields={STATE} />
      {dialogue}
    </EntityForm>
  );
}
