// One group: data, members, numbers.
import { Badge, Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router-dom';
import { useItem } from '../../api/collections';
import { useEntitySchema } from '../../api/openapi';
import type { UserGroup } from '../../api/types';
import { PageFrame } from '../../shell/PageFrame';
import { State } from '../../table/State';
import { GroupForm } from './GroupForm';

export default function GroupEditor() {
  const { t } = useTranslation();
  const { id = 'new' } = useParams();
  const schema = useEntitySchema('group', id === 'new' ? 'create' : 'patch');
  const group = useItem<UserGroup>('groups', id === 'new' ? null : Number(id));

  const up = { to: '/groups', text: t('groups.title') };
  if (group.isError) {
    const data = { rows: [], total: 0, first: 1, loading: false, error: group.error, retry: () => void group.refetch() };
    return (
      <PageFrame title={t('groups.one')} up={up}>
        <State data={data} narrowed={false} onWiden={() => undefined} />
      </PageFrame>
    );
  }
  if (!schema || (id !== 'new' && !group.data)) return <Loader m="xl" size="sm" />;
  return (
    <PageFrame title={group.data?.name ?? t('groups.new')} up={up} badge={group.data?.chat && <Badge>{t('groups.chat')}</Badge>}>
      <GroupForm key={id} schema={schema} group={group.data ?? null} />
    </PageFrame>
  );
}
