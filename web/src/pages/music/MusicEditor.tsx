// One loop of music on hold: its name and volume, its files, and who hears it.
import { Badge, Button, Loader, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router-dom';
import { useItem, useSave } from '../../api/collections';
import { useEntitySchema, type EntitySchema } from '../../api/openapi';
import type { MusicLoop } from '../../api/types';
import { EntityForm, Fields } from '../../forms/EntityForm';
import type { Values } from '../../forms/schema';
import { useEntityForm } from '../../forms/useEntityForm';
import { notifyDone } from '../../shell/notify';
import { PageFrame } from '../../shell/PageFrame';
import { State } from '../../table/State';
import { Files } from './Files';
import { ListenAt } from './ListenAt';
import { UsedBy } from './UsedBy';
import { useRemoveLoops } from './useRemoveLoops';

const FIELDS = ['name', 'description', 'gain_db', 'is_default'];

function Data({ schema, loop }: { schema: EntitySchema; loop: MusicLoop | null }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const store = useSave<MusicLoop>('music-loops');
  const [remove, dialogue] = useRemoveLoops();
  const save = async (values: Values, before: Values) => {
    const saved = await store.mutateAsync({ id: loop?.id ?? null, values, before });
    notifyDone(t('forms.saved'));
    if (!loop) navigate(`/music/${saved.id}`, { replace: true });
  };
  const form = useEntityForm({ entity: 'music_loop', schema, stored: loop, fields: FIELDS, save });
  const removeIt = async () => {
    if (loop && (await remove([loop]))) navigate('/music');
  };
  return (
    <EntityForm
      form={form}
      extraActions={
        loop &&
        !loop.builtin && (
          <Button variant="subtle" color="red" onClick={() => void removeIt()}>
            {t('forms.removeConfirm')}
          </Button>
        )
      }
    >
      <Fields form={form} fields={loop?.builtin ? FIELDS.slice(1) : FIELDS} />
      {dialogue}
    </EntityForm>
  );
}

export default function MusicEditor() {
  const { t } = useTranslation();
  const { id = 'new' } = useParams();
  const schema = useEntitySchema('music_loop', id === 'new' ? 'create' : 'patch');
  const { data: loop, ...query } = useItem<MusicLoop>('music-loops', id === 'new' ? null : Number(id));

  const up = { to: '/music', text: t('music.title') };
  if (query.isError) {
    const data = { rows: [], total: 0, first: 1, loading: false, error: query.error, retry: () => void query.refetch() };
    return (
      <PageFrame title={t('music.one')} up={up}>
        <State data={data} narrowed={false} onWiden={() => undefined} />
      </PageFrame>
    );
  }
  if (!schema || (id !== 'new' && !loop)) return <Loader m="xl" size="sm" />;
  return (
    <PageFrame title={loop?.name ?? t('music.new')} up={up} badge={loop?.is_default && <Badge>{t('music.isDefault')}</Badge>}>
      <Stack className="panel" p="md" gap="lg">
        <Data key={id} schema={schema} loop={loop ?? null} />
        {loop && (
          <>
            <Files loop={loop} />
            <ListenAt loop={loop} />
            <UsedBy loop={loop} />
          </>
        )}
      </Stack>
    </PageFrame>
  );
}
