/* Names what a picture shows: classify model.tflite picture.ppm */
#include <goldcrest/goldcrest.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char** argv) {
  int width = 0, height = 0;
  FILE* file = argc == 3 ? fopen(argv[2], "rb") : NULL;
  if (file == NULL || fscanf(file, "P6 %d %d 255", &width, &height) != 2 || fgetc(file) == EOF ||
      width < 1 || height < 1 || width > 20000 || height > 20000) {
    fprintf(stderr, "usage: classify model.tflite picture.ppm (8 bits, no comments)\n");
    return 2;
  }
  size_t size = (size_t)width * (size_t)height * 3;
  unsigned char* rgb = malloc(size);
  if (rgb == NULL || fread(rgb, 1, size, file) != size) return 1;
  fclose(file);

  goldcrest_error error;
  goldcrest_session* session;
  goldcrest_class top[5];
  size_t count = 0;
  if (goldcrest_session_open(argv[1], NULL, &session, &error) != GOLDCREST_OK ||
      goldcrest_session_set_pixels(session, rgb, width, height, 0, &error) != GOLDCREST_OK ||
      goldcrest_session_run(session, &error) != GOLDCREST_OK ||
      goldcrest_session_top(session, top, 5, &count, &error) != GOLDCREST_OK) {
    fprintf(stderr, "%s\n", error.message);
  }
  for (size_t i = 0; i < count; ++i) printf("%.6f %s\n", top[i].score, top[i].label);
  goldcrest_session_close(session);
  free(rgb);
  return count == 0;
}
