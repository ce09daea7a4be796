import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router-dom';
import { useItem, useList, useSave } from '../../api/collections';
import type { EntitySchema } from '../../api/openapi';
import type { DeviceType, Phone } from '../../api/types';
import { EntityForm, Fields } from '../../forms/EntityForm';
import { FieldGroup } from '../../forms/FieldGroup';
import type { Values } from '../../forms/schema';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { useEntityForm } from '../../forms/useEntityForm';
import { Icon } from '../../shell/icons';
import { notifyDone } from '../../shell/notify';
import { ALL_OPTIONS, OptionGroups } from './OptionGroups';
import { SecretField } from './SecretField';

const IDENTITY = ['name', 'type', 'auth'];
const SECRET = ['secret'];
const BY_PASSWORD = ['digest', 'max_contacts', 'insecure', 'default_ip', 'port'];
const BY_ADDRESS = ['host', 'port', 'insecure'];
const TRANSPORT = ['transport'];
const PLACE = ['site', 'place'];
const STATE = ['enabled'];
const FIELDS = [...IDENTITY, ...SECRET, ...TRANSPORT, ...PLACE, ...STATE, ...ALL_OPTIONS];

interface PhoneFormProps {
  schema: EntitySchema;
  phone: Phone | null;
  /** What a new one begins like: another one, but for its name and password. */
  copied?: Phone;
}

const COPIED = [...FIELDS].filter((field) => field !== 'name' && field !== 'secret' && field !== 'place');

function beginningOf(copied: Phone | undefined): Values {
  const all = (copied ?? {}) as Values;
  return Object.fromEntries(COPIED.filter((field) => field in all).map((field) => [field, all[field]]));
}

/** The values of the type; "generic" while none is chosen. */
function useTypeValues(type: number | null): Values | undefined {
  const chosen = useItem<DeviceType>('device-types', type);
  const generic = useList<DeviceType>('device-types', { search: 'generic', per_page: 100 }, type === null);
  return type === null ? generic.data?.items.find(({ name }) => name === 'generic') : chosen.data;
}

export function PhoneForm({ schema, phone, copied }: PhoneFormProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const store = useSave<Phone>('phones');
  const [remove, dialogue] = useConfirmedRemove('phones');

  const save = async (values: Values, before: Values) => {
    const saved = await store.mutateAsync({ id: phone?.id ?? null, values, before });
    notifyDone(t('forms.saved'));
    if (!phone) navigate(`/phones/${saved.id}?tab=sip`);
  };
  const [type, setType] = useState(phone?.type ?? copied?.type ?? null);
  const typeValues = useTypeValues(type);
  const inherited = Object.fromEntries(ALL_OPTIONS.map((field) => [field, typeValues?.[field] ?? '']));
  const state = useEntityForm({ entity: 'phone', schema, stored: phone, initial: beginningOf(copied), fields: FIELDS, inherited, save });
  const form = {
    ...state,
    set: (field: string, value: unknown) => {
      state.set(field, value);
      if (field === 'type') setType(value as number | null);
    },
    reset: () => {
      state.reset();
      setType(phone?.type ?? copied?.type ?? null);
    },
  };
  const byAddress = form.value('auth') === 'address';

  const removePhone = async () => {
    if (phone && (await remove([phone]))) navigate('/phones');
  };

  return (
    <EntityForm
      form={form}
      extraActions={
        phone && (
          <>
            <Button variant="subtle" color="red" onClick={() => void removePhone()}>
              {t('forms.removeConfirm')}
            </Button>
            <Button component={Link} to={`/phones/new?copy=${phone.id}`} variant="default" leftSection={<Icon name="copy" size={14} />}>
              {t('phones.copyPhone')}
            </Button>
          </>
        )
      }
    >
      <FieldGroup title={t('phones.group.identity')}>
        <Fields form={form} fields={IDENTITY} />
      </FieldGroup>
      {byAddress ? (
        <FieldGroup title={t('phones.group.login')}>
          <Fields form={form} fields={[...BY_ADDRESS, ...TRANSPORT]} />
        </FieldGroup>
      ) : (
        <FieldGroup title={t('phones.group.login')}>
          <SecretField form={form} />
          <Fields form={form} fields={BY_PASSWORD} />
        </FieldGroup>
      )}
      <OptionGroups form={form} />
      <FieldGroup title={t('phones.group.place')}>
        <Fields form={form} fields={PLACE} />
      </FieldGroup>
      <Fields form={form} fields={STATE} />
      {dialogue}
    </EntityForm>
  );
}
