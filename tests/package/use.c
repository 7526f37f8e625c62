/* use MODEL.tflite: runs it on an input of twos and prints its first output. */
#include <goldcrest/goldcrest.h>
#include <stdio.h>

int main(int argc, char** argv) {
  goldcrest_session* session;
  goldcrest_error error;
  if (argc != 2 || goldcrest_session_open(argv[1], NULL, &session, &error) != GOLDCREST_OK) {
    printf("error: %s\n", argc == 2 ? error.message : "name a model");
    return 1;
  }
  goldcrest_tensor* input = goldcrest_session_input(session, 0);
  float* elements = goldcrest_tensor_mutable_data(input);
  size_t count = goldcrest_tensor_size_bytes(input) / sizeof(float);
  for (size_t i = 0; i < count; ++i) elements[i] = 2;
  goldcrest_session_run(session, NULL);
  const float* output = goldcrest_tensor_data(goldcrest_session_output(session, 0));
  printf("%s %s %g\n", goldcrest_version(), goldcrest_session_label(session, 0), output[0]);
  goldcrest_session_close(session);
  return 0;
}
