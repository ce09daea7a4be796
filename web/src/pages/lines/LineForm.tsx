import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router-dom';
import { useItem, useList, useSave } from '../../api/collections';
import type { EntitySchema } from '../../api/openapi';
import type { Line, Provider } from '../../api/types';
import { EntityForm, Fields } from '../../forms/EntityForm';
import { FieldGroup } from '../../forms/FieldGroup';
import type { Values } from '../../forms/schema';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { useEntityForm } from '../../forms/useEntityForm';
import { notifyDone } from '../../shell/notify';
import { ProviderNote } from '../providers/ProviderNote';
import { ALL_OPTIONS, CommonOptions, NUMBER_OPTIONS, REGISTER_OPTIONS, SERVER_OPTIONS } from './LineOptions';

const IDENTITY = ['name', 'provider'];
const ACCOUNT = ['account'];
const ACCOUNT_MARK = '<account>';
const BY_PASSWORD = ['username', 'password', 'auth_username', ...REGISTER_OPTIONS];
const CALLER = ['main_number', 'from_user', 'from_domain'];
const ROUTING = ['line_prefix', 'deposit', 'no_screening', 'country_code', 'area_code'];
const CHARGES = ['currency', 'costly_charge_micro', 'costly_minutes'];
const LIMITS = ['max_calls', 'position'];
const STATE = ['enabled'];
const FIELDS = [...IDENTITY, ...ACCOUNT, 'username', 'password', 'auth_username', ...CALLER, ...ROUTING, ...CHARGES, ...LIMITS, ...STATE, ...ALL_OPTIONS];

/** What the provider says; "generic" while none is chosen. */
function useProvider(id: number | null): Provider | undefined {
  const chosen = useItem<Provider>('providers', id);
  const generic = useList<Provider>('providers', { search: 'generic', per_page: 100 }, id === null);
  return id === null ? generic.data?.items.find(({ name }) => name === 'generic') : chosen.data;
}

/** A server that the provider does not say is asked for like any field. */
function inheritedOf(provider: Provider | undefined): Values {
  const said = ALL_OPTIONS.filter((field) => field !== 'host' || provider?.host);
  return Object.fromEntries(said.map((field) => [field, provider?.[field as keyof Provider] ?? '']));
}

export function LineForm({ schema, line }: { schema: EntitySchema; line: Line | null }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const store = useSave<Line>('lines');
  const [remove, dialogue] = useConfirmedRemove('lines');
  const [providerId, setProviderId] = useState(line?.provider ?? null);
  const provider = useProvider(providerId);
  const inherited = inheritedOf(provider);

  const save = async (edited: Values, before: Values) => {
    const now = (field: keyof Line & keyof Provider) => (field in edited ? edited[field] : line?.[field]) ?? provider?.[field];
    // who is known by the address does not register, whatever the switch says that is no longer shown
    const values = now('auth') === 'address' && now('register') === true ? { ...edited, register: false } : edited;
    const saved = await store.mutateAsync({ id: line?.id ?? null, values, before });
    notifyDone(t('forms.saved'));
    if (!line) navigate(`/lines/${saved.id}`);
  };
  const alsoRequired = 'host' in inherited ? [] : ['host'];
  const state = useEntityForm({ entity: 'line', schema, stored: line, fields: FIELDS, inherited, alsoRequired, save });
  const form = {
    ...state,
    set: (field: string, value: unknown) => {
      state.set(field, value);
      if (field === 'provider') setProviderId(value as number | null);
    },
    reset: () => {
      state.reset();
      setProviderId(line?.provider ?? null);
    },
  };
  const effective = (field: string) => form.value(field) ?? inherited[field] ?? '';
  const named = [effective('host'), effective('proxy')].some((text) => String(text).includes(ACCOUNT_MARK));
  const login = effective('auth') === 'password' ? ['auth', ...BY_PASSWORD] : ['auth'];

  const removeLine = async () => {
    if (line && (await remove([line]))) navigate('/lines');
  };

  return (
    <EntityForm
      form={form}
      extraActions={
        line && (
          <Button variant="subtle" color="red" onClick={() => void removeLine()}>
            {t('forms.removeConfirm')}
          </Button>
        )
      }
    >
      <FieldGroup title={t('lines.one')}>
        <Fields form={form} fields={named ? [...IDENTITY, ...ACCOUNT] : IDENTITY} />
      </FieldGroup>
      {provider && providerId !== null && <ProviderNote name={provider.name} basis={provider.basis} />}
      <FieldGroup title={t('lines.group.provider')}>
        <Fields form={form} fields={SERVER_OPTIONS} />
      </FieldGroup>
      <FieldGroup title={t('lines.group.login')}>
        <Fields form={form} fields={login} />
      </FieldGroup>
      <FieldGroup title={t('lines.group.numbers')}>
        <Fields form={form} fields={[...CALLER, ...NUMBER_OPTIONS]} />
      </FieldGroup>
      <FieldGroup title={t('lines.group.routing')}>
        <Fields form={form} fields={ROUTING} />
      </FieldGroup>
      <FieldGroup title={t('lines.group.charges')}>
        <Fields form={form} fields={CHARGES} />
      </FieldGroup>
      <CommonOptions form={form} />
      <FieldGroup title={t('lines.group.limits')}>
        <Fields form={form} fields={LIMITS} />
      </FieldGroup>
      <Fields form={form} fields={STATE} />
      {dialogue}
    </EntityForm>
  );
}
