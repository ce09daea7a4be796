// The frame of the pages one sees before being logged in.
import { Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LanguageMenu } from './LanguageMenu';
import { Logo } from './Logo';
import { SchemeMenu } from './SchemeMenu';
import classes from './shell.module.css';

export function Door({ title, wide = false, children }: { title: string; wide?: boolean; children: ReactNode }) {
  const { t } = useTranslation();
  useDocumentTitle(`${title} · ${t('shell.product')}`);
  return (
    <main className={classes.door}>
      <div className={classes.doorTools}>
        <LanguageMenu />
        <SchemeMenu />
      </div>
      <div className={`${classes.doorBox} ${wide ? classes.doorWide : ''}`}>
        <div className={classes.doorBrand}>
          <Logo size={40} />
          <span className={classes.brandName}>{t('shell.product')}</span>
        </div>
        <div className={classes.doorPanel}>
          <Title order={1} mb="sm">
            {title}
          </Title>
          {children}
        </div>
      </div>
    </main>
  );
}
