import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router-dom';
import { useSave } from '../../api/collections';
import type { EntitySchema } from '../../api/openapi';
import type { Line } from '../../api/types';
import { EntityForm, Fields } from '../../forms/EntityForm';
import { FieldGroup } from '../../forms/FieldGroup';
import type { Values } from '../../forms/schema';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { useEntityForm } from '../../forms/useEntityForm';
import { notifyDone } from '../../shell/notify';

const PROVIDER = ['name', 'host', 'transport', 'proxy'];
const LOGIN = ['auth'];
const BY_PASSWORD = ['username', 'password', 'auth_username', 'expires_s', 'register'];
const NUMBERS = ['main_number', 'number_format', 'identity', 'incoming_from', 'from_user', 'from_domain'];
const ROUTING = ['line_prefix', 'deposit', 'no_screening', 'country_code', 'area_code'];
const LIMITS = ['max_calls', 'position', 'codecs', 'srtp', 'dtmf', 'direct_media', 'qualify_s', 'permit'];
const STATE = ['enabled'];
const FIELDS = [...PROVIDER, ...LOGIN, ...BY_PASSWORD, ...NUMBERS, ...ROUTING, ...LIMITS, ...STATE];

export function LineForm({ schema, line }: { schema: EntitySchema; line: Line | null }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const store = useSave<Line>('lines');
  const [remove, dialogue] = useConfirmedRemove('lines');

  const save = async (edited: Values, before: Values) => {
    // who is known by the address does not register, whatever the switch says that is no longer shown
    const byAddress = (edited['auth'] ?? line?.auth) === 'address';
    const values = byAddress ? { ...edited, register: false } : edited;
    const saved = await store.mutateAsync({ id: line?.id ?? null, values, before });
    notifyDone(t('forms.saved'));
    if (!line) navigate(`/lines/${saved.id}`);
  };
  const form = useEntityForm({ entity: 'line', schema, stored: line, fields: FIELDS, save });
  const login = form.value('auth') === 'password' ? [...LOGIN, ...BY_PASSWORD] : LOGIN;

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
      <FieldGroup title={t('lines.group.provider')}>
        <Fields form={form} fields={PROVIDER} />
      </FieldGroup>
      <FieldGroup title={t('lines.group.login')}>
        <Fields form={form} fields={login} />
      </FieldGroup>
      <FieldGroup title={t('lines.group.numbers')}>
        <Fields form={form} fields={NUMBERS} />
      </FieldGroup>
      <FieldGroup title={t('lines.group.routing')}>
        <Fields form={form} fields={ROUTING} />
      </FieldGroup>
      <FieldGroup title={t('lines.group.limits')}>
        <Fields form={form} fields={LIMITS} />
      </FieldGroup>
      <Fields form={form} fields={STATE} />
      {dialogue}
    </EntityForm>
  );
}
