/**
 * Features in Redis: ordered idempotent writes by operators that never lose an update, and what
 * reads them. The layout is in docs/redis.md.
 */
package io.plumbline.jobs.redis;
