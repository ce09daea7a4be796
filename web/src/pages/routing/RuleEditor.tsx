// One COR rule (RTG-3): its range of numbers, and for each time frame its lines in order.
import { Button, Loader, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router-dom';
import { useItem, useSave } from '../../api/collections';
import { useEntitySchema, type EntitySchema } from '../../api/openapi';
import type { CorRule } from '../../api/types';
import { EntityForm, Fields } from '../../forms/EntityForm';
import type { Values } from '../../forms/schema';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { useEntityForm } from '../../forms/useEntityForm';
import { notifyDone } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import { State } from '../../table/State';
import { RuleLines } from './RuleLines';

const FIELDS = ['number', 'comment', 'enabled'];

function Data({ schema, rule }: { schema: EntitySchema; rule: CorRule | null }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const store = useSave<CorRule>('cor-rules');
  const [remove, dialogue] = useConfirmedRemove('cor-rules');
  const save = async (values: Values, before: Values) => {
    const saved = await store.mutateAsync({ id: rule?.id ?? null, values, before });
    notifyDone(t('forms.saved'));
    if (!rule) navigate(`/routing/rules/${saved.id}`, { replace: true });
  };
  const form = useEntityForm({ entity: 'cor_rule', schema, stored: rule, fields: FIELDS, save });
  const removeIt = async () => {
    if (rule && (await remove([{ id: rule.id, name: rule.number }]))) navigate('/routing?tab=rules');
  };
  return (
    <EntityForm
      form={form}
      extraActions={
        rule && (
          <Button variant="subtle" color="red" onClick={() => void removeIt()}>
            {t('forms.removeConfirm')}
          </Button>
        )
      }
    >
      <Fields form={form} fields={FIELDS} />
      {dialogue}
    </EntityForm>
  );
}

export default function RuleEditor() {
  const { t } = useTranslation();
  const { id = 'new' } = useParams();
  const schema = useEntitySchema('cor_rule', id === 'new' ? 'create' : 'patch');
  const { data: rule, ...query } = useItem<CorRule>('cor-rules', id === 'new' ? null : Number(id));

  const up = { to: '/routing?tab=rules', text: t('routing.tab.rules') };
  if (query.isError) {
    const data = { rows: [], total: 0, first: 1, loading: false, error: query.error, retry: () => void query.refetch() };
    return (
      <PageFrame title={t('routing.rules.one')} up={up}>
        <State data={data} narrowed={false} onWiden={() => undefined} />
      </PageFrame>
    );
  }
  if (!schema || (id !== 'new' && !rule)) return <Loader m="xl" size="sm" />;
  return (
    <PageFrame title={rule ? `${t('routing.rules.one')} ${rule.number}` : t('routing.rules.new')} up={up}>
      <Stack className="panel" p="md" gap="lg">
        <Data key={id} schema={schema} rule={rule ?? null} />
        {rule ? (
          <RuleLines key={rule.id} rule={rule} />
        ) : (
          <Text size="sm" c="dimmed">
            {t('routing.rules.createFirst')}
          </Text>
        )}
      </Stack>
    </PageFrame>
  );
}
