package io.plumbline.jobs.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.UserError;
import io.plumbline.jobs.lake.LakeLayout;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One job archives a source into a lake. */
class OwnershipTest {
  private static final String SOURCE = "pay";

  @TempDir Path lake;

  /** Two jobs of one worker have each its own copy of the product's classes. */
  @Test
  void refusingAnotherJobOfTheSameProcessKeepsThoseOfOthersAway() throws Exception {
    try (Ownership ownership = Ownership.take(lake, SOURCE);
        URLClassLoader anotherJob = new OwnClasses()) {
      ownership.announce("run");
      Method take =
          anotherJob
              .loadClass(Ownership.class.getName())
              .getDeclaredMethod("take", Path.class, String.class);
      take.setAccessible(true);
      assertThatThrownBy(() -> take.invoke(null, lake, SOURCE))
          .isInstanceOf(InvocationTargetException.class)
          .cause()
          .isInstanceOf(UserError.class)
          .hasMessageContaining("another job archives this source into this lake");
      assertThat(anotherProcessGetsTheLock()).isFalse();
    }
    assertThat(anotherProcessGetsTheLock()).isTrue();
  }

  private boolean anotherProcessGetsTheLock() throws IOException, InterruptedException {
    return new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                Path.of(location().getPath()).toString(),
                Other.class.getName(),
                LakeLayout.hidden(lake, SOURCE).resolve("lock").toString())
            .inheritIO()
            .start()
            .waitFor()
        == 0;
  }

  private static URL location() {
    return OwnershipTest.class.getProtectionDomain().getCodeSource().getLocation();
  }

  /** What another process does: ends with 0 if it gets the lock of a file. */
  static final class Other {
    public static void main(String[] path) throws IOException {
      try (FileChannel file = FileChannel.open(Path.of(path[0]), StandardOpenOption.WRITE)) {
        System.exit(file.tryLock() == null ? 1 : 0);
      }
    }
  }

  /** Loads the archive's classes anew. */
  private static final class OwnClasses extends URLClassLoader {
    OwnClasses() {
      super(
          new URL[] {Ownership.class.getProtectionDomain().getCodeSource().getLocation()},
          OwnershipTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(Ownership.class.getPackageName())) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? findClass(name) : loaded;
    }
  }
}
