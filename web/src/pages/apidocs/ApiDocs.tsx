// The interface of the system, as the system itself describes it.
import { Anchor, Loader, Text, TextInput } from '@mantine/core';
import { useDeferredValue, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../shell/icons';
import { PageFrame } from '../../shell/PageFrame';
import classes from './apidocs.module.css';
import { groupsOf, useDocument } from './document';
import { OperationPanel } from './OperationPanel';

export default function ApiDocs() {
  const { t } = useTranslation();
  const { data } = useDocument();
  const [search, setSearch] = useState('');
  const asked = useDeferredValue(search);
  const groups = useMemo(() => (data ? groupsOf(data, asked) : []), [data, asked]);

  return (
    <PageFrame title={t('apidocs.title')} actions={<Anchor href="/api/openapi.json">{t('apidocs.document')}</Anchor>}>
      <Text mb="sm">{t('apidocs.intro')}</Text>
      <TextInput
        type="search"
        w={280}
        mb="md"
        maw="100%"
        aria-label={t('apidocs.search')}
        placeholder={t('apidocs.search')}
        leftSection={<Icon name="search" size={14} />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      {!data && <Loader size="sm" />}
      {data && groups.length === 0 && <Text c="dimmed">{t('apidocs.none')}</Text>}
      {data &&
        groups.map(([name, operations]) => (
          <section key={name} className={`panel ${classes.group}`} aria-label={name}>
            <h2 className={classes.groupName}>{name}</h2>
            {operations.map((one) => (
              <OperationPanel key={`${one.method} ${one.path}`} operation={one} document={data} />
            ))}
          </section>
        ))}
    </PageFrame>
  );
}
