/** What readers of features go by: pinned versions, and the namespace that serves. */
package io.plumbline.savepoints.serving;
